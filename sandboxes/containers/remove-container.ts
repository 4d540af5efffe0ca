import type Docker from 'dockerode';
import { engineFault, statusOf } from '../engine/engine-fault.ts';

/** Removes a container and its volumes; one that is gone or going is fine. False where there was none. */
export async function removeContainer(container: Docker.Container): Promise<boolean> {
  try {
    await container.remove({ force: true, v: true });
    return true;
  } catch (error) {
    const status = statusOf(error);
    // 409: its AutoRemove is at work.
    if (status !== 404 && status !== 409) throw engineFault(error, 'a sandbox was removed');
    return status === 409;
  }
}
