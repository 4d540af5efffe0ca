import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import type { Engine } from './engine.ts';
import { engineFault, statusOf } from './engine-fault.ts';
import { noteUse } from './images/usage.ts';
import { label, thisController } from './labels.ts';

export interface StartContainerOptions {
  /** Tag or id. */
  image: string;
  /** Milliseconds after which the reaper may take it. */
  ttlMs: number;
  /** For people who look at `docker ps`, and for tests. */
  purpose: string;
  owner?: string | undefined;
  /** What it may do and use, on these CPUs; all where undefined. */
  settings: (cpuset: readonly number[] | undefined) => Docker.ContainerCreateOptions;
  signal?: AbortSignal | undefined;
}

export interface StartedContainer {
  container: Docker.Container;
  /** Its stdin, stdout and stderr. The container is to end when this is destroyed. */
  held: Duplex;
}

/**
 * Creates, attaches to and starts a container that carries our labels. Whatever fails, or an abort, leaves none.
 * SandboxFault: `no-such-image`, `disk-full`, `no-engine`, `engine-error`.
 */
export async function startContainer(
  engine: Engine,
  options: StartContainerOptions,
): Promise<StartedContainer> {
  options.signal?.throwIfAborted();
  const name = `whetstone-${randomUUID()}`;
  const now = Date.now();
  const create = (cpuset: readonly number[] | undefined) =>
    engine.docker.createContainer({
      ...options.settings(cpuset),
      name,
      Image: options.image,
      Labels: {
        [label.owner]: options.owner ?? engine.owner,
        [label.purpose]: options.purpose,
        [label.container]: name,
        [label.created]: String(now),
        [label.expires]: String(now + options.ttlMs),
        [label.controller]: thisController(),
      },
    });
  let container: Docker.Container | undefined;
  try {
    container = await create(engine.cpuset).catch((error: unknown) => {
      // An engine that is itself held to some CPUs knows them by numbers that it tells nobody before.
      if (engine.cpuset && String(error).includes('CPUs are not available')) return create(undefined);
      throw error;
    });
    options.signal?.throwIfAborted();
    // Attached before the start, so that there is no moment at which the container runs and nobody holds its stdin.
    const held = (await container.attach({
      stream: true,
      hijack: true,
      stdin: true,
      stdout: true,
      stderr: true,
    })) as Duplex;
    held.on('error', () => {
      // The container ended: whoever uses it next is told so by `sandbox-died`.
    });
    await container.start().catch((error: unknown) => {
      held.destroy();
      throw error;
    });
    await noteUse(engine, options.image);
    options.signal?.throwIfAborted();
    // A controller that has nothing else to do may exit, and the container ends with it.
    if ('unref' in held && typeof held.unref === 'function') held.unref();
    return { container, held };
  } catch (error) {
    if (container !== undefined) await removeContainer(container);
    options.signal?.throwIfAborted();
    throw engineFault(error, `a sandbox was opened (${options.purpose})`);
  }
}

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
