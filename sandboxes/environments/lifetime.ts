import { limits } from '../limits.ts';

export interface LifetimeOptions {
  /** Milliseconds without use after which it ends. */
  idleMs: number;
  /** Milliseconds after which it ends in any case, to be moved by `extend` up to `maxLifetimeMs`. */
  ttlMs: number;
  maxLifetimeMs: number;
  onEnd: (reason: 'idle' | 'ttl') => void;
}

/** The softer deadlines, which the host holds; the container's own stands behind them. */
export class Lifetime implements Disposable {
  readonly #options: LifetimeOptions;
  readonly #hardEnd: number;
  #endsAt: number;
  #inUse = 0;
  #idle: NodeJS.Timeout | undefined;
  #end: NodeJS.Timeout | undefined;

  constructor(options: LifetimeOptions) {
    this.#options = options;
    this.#hardEnd = Date.now() + options.maxLifetimeMs;
    this.#endsAt = Math.min(Date.now() + options.ttlMs, this.#hardEnd);
    this.#setEnd();
    this.#setIdle();
  }

  get endsAt(): number {
    return this.#endsAt;
  }

  extend(ms: number): number {
    this.#endsAt = Math.max(this.#endsAt, Math.min(Date.now() + ms, this.#hardEnd));
    this.#setEnd();
    return this.#endsAt;
  }

  /** In use until the returned function is called, or the promise that it is given settles. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    this.#inUse++;
    clearTimeout(this.#idle);
    try {
      return await work();
    } finally {
      this.#inUse--;
      this.#setIdle();
    }
  }

  [Symbol.dispose](): void {
    this.#inUse = Number.POSITIVE_INFINITY;
    clearTimeout(this.#idle);
    clearTimeout(this.#end);
  }

  // Unref: a controller that has nothing else to do may exit, and its containers end with it.
  #setIdle(): void {
    clearTimeout(this.#idle);
    if (this.#inUse > 0) return;
    this.#idle = setTimeout(() => this.#options.onEnd('idle'), this.#options.idleMs).unref();
  }

  #setEnd(): void {
    clearTimeout(this.#end);
    if (this.#inUse === Number.POSITIVE_INFINITY) return;
    const ms = Math.max(0, this.#endsAt - Date.now());
    this.#end = setTimeout(() => this.#options.onEnd('ttl'), ms).unref();
  }
}

/** What a caller gave, held to what is allowed: a timer with more milliseconds than 32 bits would end at once. */
export function lifetimeOf(given: {
  idleMs?: number | undefined;
  ttlMs?: number | undefined;
  maxLifetimeMs?: number | undefined;
}): { idleMs: number; ttlMs: number; maxLifetimeMs: number } {
  const most = limits.environment.maxLifetimeMs;
  const maxLifetimeMs = within(given.maxLifetimeMs ?? most, most);
  return {
    maxLifetimeMs,
    idleMs: within(given.idleMs ?? limits.environment.idleMs, maxLifetimeMs),
    ttlMs: within(given.ttlMs ?? limits.environment.ttlMs, maxLifetimeMs),
  };
}

const within = (ms: number, most: number): number => Math.min(Math.max(ms, 1), most);
