import type Docker from 'dockerode';
import { engineFault, statusOf } from './engine-fault.ts';

/** Removes a container and its volumes; one that is gone or going is fine. */
export async function removeContainer(container: Docker.Container): Promise<void> {
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    const status = statusOf(error);
    // 409: its AutoRemove is at work.
    if (status !== 404 && status !== 409) throw engineFault(error, 'a sandbox was removed');
  }
}
