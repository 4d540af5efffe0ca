import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import type { Engine } from '../engine/engine.ts';
import { engineFault } from '../engine/engine-fault.ts';
import { kernelOf } from '../engine/isolation.ts';
import { noSuchRuntime } from '../engine/runtimes.ts';
import { noteUse } from '../images/usage.ts';
import { limits } from '../limits.ts';
import { containerLabels } from './labels.ts';
import { removeContainer } from './remove-container.ts';

export interface StartContainerOptions {
  /** Tag or id. */
  image: string;
  /** Milliseconds after which the reaper may take it. */
  ttlMs: number;
  /** For people who look at `docker ps`, and for tests. */
  purpose: string;
  owner?: string | undefined;
  /** One of the engine's; its own default where undefined. */
  runtime?: string | undefined;
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
 * SandboxFault: `no-such-image`, `no-such-runtime`, `runtime-failed`, `disk-full`, `no-engine`, `engine-error`.
 */
export async function startContainer(
  engine: Engine,
  options: StartContainerOptions,
): Promise<StartedContainer> {
  options.signal?.throwIfAborted();
  const name = `whetstone-${randomUUID()}`;
  const owner = options.owner ?? engine.owner;
  const labels = containerLabels({ owner, purpose: options.purpose, name, ttlMs: options.ttlMs });
  const runtime = options.runtime ?? engine.runtime;
  const create = (cpuset: readonly number[] | undefined) => {
    const settings = options.settings(cpuset);
    return engine.docker.createContainer({
      ...settings,
      HostConfig: { ...settings.HostConfig, ...runtimeSettings(engine, runtime, settings) },
      name,
      Image: options.image,
      Labels: labels,
    });
  };
  try {
    const container = await create(engine.cpuset).catch((error: unknown) => {
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
    // By its name, as an engine that was lost before it answered may have made it; one that stays lost leaves it to the reaper.
    await removeContainer(engine.docker.getContainer(name)).catch(() => {});
    options.signal?.throwIfAborted();
    if (runtime !== undefined && /unknown runtime specified|invalid runtime name/i.test(String(error)))
      throw noSuchRuntime(runtime, await engine.docker.info(), error);
    throw engineFault(error, `a sandbox was opened (${options.purpose})`);
  }
}

/** The host counts the threads of a kernel in user space, of which each process in it needs several. */
function runtimeSettings(
  { info }: Engine,
  runtime: string | undefined,
  { HostConfig }: Docker.ContainerCreateOptions,
): Docker.HostConfig {
  const own = kernelOf(info, runtime) === 'user-space-kernel';
  return {
    ...(runtime === undefined ? {} : { Runtime: runtime }),
    ...(own ? { PidsLimit: (HostConfig?.PidsLimit ?? 0) * limits.threadsPerProcess } : {}),
  };
}
