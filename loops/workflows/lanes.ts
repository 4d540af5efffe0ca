import { setTimeout as sleep } from 'node:timers/promises';

/** Sandboxes of two patterns at a time: the second core; interleaved arms keep the comparison fair. */
export const LANES = 2;

/** A lane that comes to no point where it could stand still would hold up the others for ever. */
const STAND_STILL_MS = 10_000;

/**
 * Lets at most `count` bodies run at a time, first come, first served. One of them may ask the others to stand still
 * while it measures: they do at their next `pass`, and no new one begins meanwhile.
 */
export class Lanes {
  #free: number;
  readonly #standStillMs: number;
  readonly #waiting: (() => void)[] = [];
  #working = 0;
  /** Settles when whoever measures is done. */
  #quiet: Promise<void> | undefined;
  #onStandStill: (() => void) | undefined;

  constructor(count: number, standStillMs = STAND_STILL_MS) {
    this.#free = count;
    this.#standStillMs = standStillMs;
  }

  async run<T>(body: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#free -= 1;
    try {
      while (this.#quiet) await this.#quiet;
      this.#working += 1;
      try {
        return await body();
      } finally {
        this.#stop();
      }
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }

  /** A point at which a body in a lane can wait: at once where nobody measures. Not for the body of `alone`. */
  async pass(): Promise<void> {
    while (this.#quiet) {
      this.#stop();
      await this.#quiet;
      this.#working += 1;
    }
  }

  /** Runs a part of a lane's body while the others stand still. Those that do not in time are not waited for. */
  async alone<T>(body: () => Promise<T>): Promise<T> {
    // Asked again after each wait: several may wake for the same end.
    while (this.#quiet) await this.pass();
    let end = () => {};
    this.#quiet = new Promise((resolve) => {
      end = resolve;
    });
    try {
      await this.#othersStandStill();
      return await body();
    } finally {
      this.#quiet = undefined;
      end();
    }
  }

  async #othersStandStill(): Promise<void> {
    if (this.#working <= 1) return;
    const still = new Promise<void>((resolve) => {
      this.#onStandStill = resolve;
    });
    const over = new AbortController();
    await Promise.race([
      still,
      sleep(this.#standStillMs, undefined, { signal: over.signal }).catch(() => {}),
    ]);
    over.abort();
    this.#onStandStill = undefined;
  }

  #stop(): void {
    this.#working -= 1;
    if (this.#working <= 1) this.#onStandStill?.();
  }
}

/** Runs a durable step when a lane is free. */
export type RunInLane = <T>(name: string, body: () => Promise<T>) => Promise<T>;
