import { statfs } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { limits } from '../limits.ts';
import { askInfo } from './ask-engine.ts';
import type { Engine } from './engine.ts';

/** How an engine does, at one moment. Durations in milliseconds, sizes in bytes. */
export type EngineHealth =
  | {
      state: 'up' | 'slow';
      latencyMs: number;
      version: string;
      /** Of everybody's containers. */
      running: number;
      /** Of the file system that holds its data; undefined where that is on another machine. */
      disk: { freeBytes: number; totalBytes: number } | undefined;
    }
  | { state: 'down'; latencyMs: number; why: string };

/** Asks an engine how it does: answers within `withinMs`, and never throws. */
export async function engineHealth(
  engine: Engine,
  options: { signal?: AbortSignal | undefined; withinMs?: number | undefined } = {},
): Promise<EngineHealth> {
  const started = performance.now();
  const limit = AbortSignal.timeout(options.withinMs ?? limits.engine.answerMs);
  const signal = options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]);
  try {
    const info = await askInfo(engine.docker, signal);
    const latencyMs = performance.now() - started;
    return {
      state: latencyMs > limits.engine.slowMs ? 'slow' : 'up',
      latencyMs,
      version: info.ServerVersion ?? engine.version,
      running: info.ContainersRunning ?? 0,
      disk: await diskOf(engine.dataFolder),
    };
  } catch (error) {
    const latencyMs = performance.now() - started;
    const message = error instanceof Error ? error.message.trim() : String(error);
    const why = limit.aborted ? `it did not answer within ${Math.round(latencyMs)} ms` : message;
    return { state: 'down', latencyMs, why };
  }
}

async function diskOf(
  folder: string | undefined,
): Promise<{ freeBytes: number; totalBytes: number } | undefined> {
  if (folder === undefined) return undefined;
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    // An engine in a virtual machine, as on a Mac, has a socket here and its disk there.
    return undefined;
  }
}
