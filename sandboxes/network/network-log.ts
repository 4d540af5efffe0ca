import { limits } from '../limits.ts';
import type { RefusalReason } from './judge-destination.ts';

export interface NetworkEvent {
  /** Milliseconds since 1970. */
  at: number;
  /** `allowed` when it is reached and `closed` when that ends; `failed` where it is allowed and cannot be reached. */
  kind: 'allowed' | 'closed' | 'refused' | 'failed';
  protocol: 'https' | 'http' | 'dns';
  /** As the sandbox named it, cut, all but printable ASCII escaped: hostile text. */
  host: string;
  port?: number | undefined;
  /** Why it was refused, or the code with which it failed. */
  reason?: RefusalReason | (string & {});
  bytesUp?: number;
  bytesDown?: number;
}

export interface Refusals {
  total: number;
  /** The latest of them. */
  events: readonly NetworkEvent[];
}

/** Tells events to the caller, and keeps the latest refusals. */
export class NetworkLog {
  readonly #onEvent: (event: NetworkEvent) => void;
  #total = 0;
  #events: NetworkEvent[] = [];

  constructor(onEvent: (event: NetworkEvent) => void) {
    this.#onEvent = onEvent;
  }

  add(event: Omit<NetworkEvent, 'at'>): void {
    const told = { ...event, at: Date.now(), host: escapeName(event.host) };
    if (told.kind === 'refused') {
      this.#total += 1;
      this.#events.push(told);
      if (this.#events.length > 2 * limits.network.refusalsKept) this.#events = this.#latest();
    }
    this.#onEvent(told);
  }

  refusals(): Refusals {
    return { total: this.#total, events: this.#latest() };
  }

  #latest(): NetworkEvent[] {
    return this.#events.slice(-limits.network.refusalsKept);
  }
}

/** Hostile text as one short line of printable ASCII. */
export function escapeName(text: string): string {
  return text
    .slice(0, limits.network.nameLength)
    .replace(/[^\x20-\x7e]/g, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`)
    .slice(0, limits.network.nameLength);
}
