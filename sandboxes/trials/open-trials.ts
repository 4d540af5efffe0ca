import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../engine/engine.ts';
import { SandboxFault } from '../fault.ts';
import { limits } from '../limits.ts';
import type { Job, Outcome, TrialResult, TrialRunner } from './trial.ts';
import { openTrialContainer, type TrialContainer, type TrialOptions } from './trial-container.ts';

export interface TrialRunnerOptions extends TrialOptions {
  /** Jobs at once; the rest wait their turn. Beyond twice the processors nothing is gained. */
  concurrency: number;
  /** Containers that are started before there is a job for them; by default twice the concurrency, 0 for none. */
  spare?: number | undefined;
}

/**
 * Runs jobs, each in a hardened container of its own that was started before it where there is a spare one, and goes after
 * it. A job whose container or engine died is run again, after waiting for the engine to come back. An abort of `signal`
 * ends what runs. What a run throws stands with `TrialRunner`; where the engine stays away it is `no-engine`.
 */
export function openTrials(engine: Engine, options: TrialRunnerOptions): TrialRunner {
  return new Trials(engine, options);
}

interface Spare {
  opened: Promise<TrialContainer>;
  retire: NodeJS.Timeout;
}

class Trials implements TrialRunner {
  readonly #engine: Engine;
  readonly #options: TrialRunnerOptions;
  readonly #spareCount: number;
  readonly #spares: Spare[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #going = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();
  #free: number;

  constructor(engine: Engine, options: TrialRunnerOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#spareCount = options.spare ?? 2 * options.concurrency;
    this.#free = options.concurrency;
    options.signal?.addEventListener('abort', () => this.#closing.abort(options.signal?.reason), {
      once: true,
      signal: this.#closing.signal,
    });
    this.#refill();
  }

  async run(job: Job, options: { signal?: AbortSignal | undefined } = {}): Promise<TrialResult> {
    const signal = options.signal
      ? AbortSignal.any([options.signal, this.#closing.signal])
      : this.#closing.signal;
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await this.#attempt(job, signal);
    } catch (error) {
      if (signal.aborted) return without('killed', 0);
      throw error;
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error('the runner of trials was closed'));
    for (const spare of this.#spares.splice(0)) this.#discard(spare);
    while (this.#going.size > 0) await Promise.allSettled(this.#going);
  }

  /**
   * An engine on its way down answers questions, refuses some containers and ends others as soon as they start: so each lost
   * one is followed by a longer pause, and a refusal, which used up none, is tried again for a while.
   */
  async #attempt(job: Job, signal: AbortSignal): Promise<TrialResult> {
    let refusedAt: number | undefined;
    for (let attempts = 1; ; ) {
      try {
        const container = await this.#take(job, signal);
        refusedAt = undefined;
        try {
          const result = await container.run(job, signal);
          if (result.outcome !== 'sandbox_died' || attempts === limits.trials.attempts)
            return { ...result, attempts };
        } finally {
          // Only now, so that making the next one does not slow this job down.
          this.#keep(container[Symbol.asyncDispose]());
          this.#refill();
        }
        await sleep(limits.trials.againMs * 4 ** attempts++, undefined, { signal });
      } catch (error) {
        if (signal.aborted || !(error instanceof SandboxFault)) throw error;
        if (error.code === 'sandbox-died') {
          if (attempts === limits.trials.attempts) return without('sandbox_died', attempts);
          await sleep(limits.trials.againMs * 4 ** attempts++, undefined, { signal });
        } else if (error.code === 'no-engine' || error.code === 'engine-error') {
          refusedAt ??= performance.now();
          if (performance.now() - refusedAt > limits.trials.engineReturnMs) throw error;
          await sleep(limits.trials.againMs, undefined, { signal });
        } else throw error;
      }
    }
  }

  /** The oldest spare one that lives long enough for the job, else a new one. */
  async #take(job: Job, signal: AbortSignal): Promise<TrialContainer> {
    const needsMs = job.timeoutMs + 2 * limits.trials.graceMs;
    while (needsMs <= limits.trials.spareJobMs) {
      const spare = this.#spares.shift();
      if (spare === undefined) break;
      clearTimeout(spare.retire);
      const container = await spare.opened.catch(() => undefined);
      signal.throwIfAborted();
      if (container && !container.ended) return container;
      if (container) this.#keep(container[Symbol.asyncDispose]());
    }
    return await openTrialContainer(this.#engine, { ...this.#options, signal, ttlMs: needsMs });
  }

  #refill(): void {
    while (!this.#closing.signal.aborted && this.#spares.length < this.#spareCount) {
      const opened = openTrialContainer(this.#engine, {
        ...this.#options,
        signal: this.#closing.signal,
        ttlMs: limits.trials.idleMs + limits.trials.spareJobMs,
      });
      const spare: Spare = {
        opened,
        retire: setTimeout(() => {
          this.#spares.splice(this.#spares.indexOf(spare), 1);
          this.#discard(spare);
          this.#refill();
        }, limits.trials.idleMs).unref(),
      };
      this.#keep(opened);
      this.#spares.push(spare);
    }
  }

  #discard({ opened, retire }: Spare): void {
    clearTimeout(retire);
    this.#keep(opened.then((container) => container[Symbol.asyncDispose]()));
  }

  /** What goes on by itself: waited for at the end. Whoever needs what failed here is told by what it does next. */
  #keep(work: PromiseLike<unknown>): void {
    const kept: Promise<unknown> = Promise.resolve(work).then(
      () => this.#going.delete(kept),
      () => this.#going.delete(kept),
    );
    this.#going.add(kept);
  }
}

/** What is told of a job that never ran. */
function without(outcome: Outcome, attempts: number): TrialResult {
  return {
    outcome,
    exitCode: null,
    stdout: Buffer.alloc(0),
    stderr: Buffer.alloc(0),
    truncated: { stdout: false, stderr: false, result: false },
    result: undefined,
    resources: { wallMs: 0, cpuMs: undefined, peakMemoryBytes: undefined },
    attempts,
  };
}
