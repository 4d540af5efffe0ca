export interface Transport {
  send(bytes: Uint8Array): void;
  /** One message; throws `Ended` when there will be none. */
  receive(): Buffer;
  /** The conversation cannot go on. */
  fail(error: unknown): void;
}

export interface Guard {
  hides(key: string | symbol): boolean;
  mayHand(value: object): boolean;
  reveals(key: string | symbol): boolean;
  get(object: object, key: string | symbol): unknown;
  set(object: object, key: string | symbol, value: unknown): void;
}

export class Peer {
  constructor(
    transport: Transport,
    options?: { guard?: Guard; more?: Record<string, (id: number) => unknown> },
  );
  ask(operation: string, ...operands: unknown[]): unknown;
  hear(): unknown[];
  answer(message: unknown[]): Buffer;
  readonly crossed: {
    keep(value: object): number;
    ours(id: number): unknown;
    theirId(value: object): number | undefined;
    takeNews(): unknown[];
    hearNews(news: unknown): void;
  };
}
