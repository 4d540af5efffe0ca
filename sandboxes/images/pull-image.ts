import type { Engine } from '../engine/engine.ts';
import { engineFault } from '../engine/engine-fault.ts';
import { followProgress } from '../engine/follow-progress.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import type { BuildOptions } from './debian-base.ts';

/** Whether the registry gave the image; one that does not answer soon counts as not reached. */
export async function pullImage(engine: Engine, image: string, options: BuildOptions): Promise<boolean> {
  options.progress(`asking the registry for ${image}`);
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), limits.image.registryAnswerMs);
  const signals = [patience.signal, ...(options.signal === undefined ? [] : [options.signal])];
  try {
    const stream = await engine.docker.pull(image, { abortSignal: AbortSignal.any(signals) });
    clearTimeout(timer);
    await followProgress(stream, undefined, options.signal);
    return true;
  } catch (error) {
    options.signal?.throwIfAborted();
    const fault = engineFault(error, `${image} was pulled`);
    if (fault instanceof SandboxFault && fault.code === 'disk-full') throw fault;
    return false;
  } finally {
    clearTimeout(timer);
  }
}
