const HEADER_BYTES = 4;

/** Bytes of one message, as both ends of a relay send it. */
export function frame(...parts: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(parts.reduce((sum, part) => sum + part.length, 0));
  return Buffer.concat([header, ...parts]);
}

/** Cuts a stream of bytes into messages, each after its length: four bytes, the lowest first. */
export class FrameReader {
  /** One buffer that doubles: a sender of single bytes must not cost an object for each. */
  #buffer = Buffer.alloc(2 ** 12);
  #used = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The messages that this chunk completes; `too-long` as soon as one says that it will be longer than allowed. */
  push(chunk: Buffer): Buffer[] | 'too-long' {
    this.#append(chunk);
    const messages: Buffer[] = [];
    let at = 0;
    while (this.#used - at >= HEADER_BYTES) {
      const length = this.#buffer.readUInt32LE(at);
      if (length > this.#maxBytes) return 'too-long';
      const end = at + HEADER_BYTES + length;
      if (this.#used < end) break;
      messages.push(Buffer.from(this.#buffer.subarray(at + HEADER_BYTES, end)));
      at = end;
    }
    this.#buffer.copyWithin(0, at, this.#used);
    this.#used -= at;
    return messages;
  }

  #append(chunk: Buffer): void {
    const needed = this.#used + chunk.length;
    if (needed > this.#buffer.length) {
      const larger = Buffer.alloc(2 * needed);
      larger.set(this.#buffer.subarray(0, this.#used));
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#used);
    this.#used = needed;
  }
}
