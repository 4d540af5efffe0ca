import type { Engine } from '../../sandboxes/engine/engine.ts';
import type { State } from '../state/open-state.ts';
import type { BaseImages } from '../target/images.ts';
import type { Target } from '../target/load-target.ts';

/** What the workflows of one process stand on; wired in cli/. */
export interface LoopContext {
  target: Target;
  engine: Engine;
  state: State;
  images: BaseImages;
  /** Aborts at Ctrl-C and SIGTERM. */
  signal: AbortSignal;
  /** A line for people. */
  progress: (line: string) => void;
  now: () => Date;
}

/**
 * Runs a step's body so that an interruption is never its result: a durable step that failed because a person pressed
 * Ctrl-C would be stored as failed. The promise stays open instead; the process ends, and the next one runs it again.
 */
export async function unlessInterrupted<T>(context: LoopContext, body: () => Promise<T>): Promise<T> {
  try {
    if (!context.signal.aborted) return await body();
  } catch (error) {
    if (!context.signal.aborted) throw error;
  }
  return new Promise<never>(() => {});
}
