import type { Engine } from '../../sandboxes/engine/engine.ts';
import { Arm } from './arm.ts';
import type { TargetConfig } from './config.ts';

/** A container that has served this long is not lent again, so that none ends by its time limit in somebody's hands. */
const RENEW_MS = 5 * 60_000;

interface Idle {
  /** Image and CPUs. */
  kind: string;
  arm: Arm;
  openedAt: number;
}

/**
 * Arms for work that leaves the data as it was: lent to one user at a time and handed on, because a fresh container
 * costs a second of starting, copying tables and warming up. Never for what a verdict stands on.
 */
export class ArmPool implements AsyncDisposable {
  readonly #config: TargetConfig;
  readonly #options: { purpose: string; signal: AbortSignal };
  readonly #idle: Idle[] = [];

  constructor(config: TargetConfig, options: { purpose: string; signal: AbortSignal }) {
    this.#config = config;
    this.#options = options;
    // Nobody waits for this: the process is ending, and what cannot be removed ends with it.
    const removeIdle = () => this[Symbol.asyncDispose]().catch(() => {});
    options.signal.addEventListener('abort', removeIdle, { once: true });
  }

  /** An arm on which `use` failed is not handed on: nobody knows what it was left in. */
  async lend<T>(engine: Engine, image: string, use: (arm: Arm) => Promise<T>): Promise<T> {
    const kind = JSON.stringify([image, engine.cpuset]);
    const lent = (await this.#takeIdle(kind)) ?? {
      kind,
      arm: await Arm.open(engine, image, this.#config, this.#options),
      openedAt: performance.now(),
    };
    try {
      const result = await use(lent.arm);
      if (this.#options.signal.aborted) await lent.arm[Symbol.asyncDispose]();
      else this.#idle.push(lent);
      return result;
    } catch (error) {
      await lent.arm[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** One whose session is as new; one that is too old, or dead, goes. */
  async #takeIdle(kind: string): Promise<Idle | undefined> {
    for (;;) {
      const at = this.#idle.findIndex((one) => one.kind === kind);
      const [found] = at < 0 ? [] : this.#idle.splice(at, 1);
      if (!found) return undefined;
      const isFit =
        performance.now() - found.openedAt < RENEW_MS &&
        (await found.arm.resetSession().then(
          () => true,
          () => false,
        ));
      if (isFit) return found;
      await found.arm[Symbol.asyncDispose]();
    }
  }

  /** Removes what is idle; who borrows later gets a fresh one. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#idle.splice(0).map(({ arm }) => arm[Symbol.asyncDispose]()));
  }
}
