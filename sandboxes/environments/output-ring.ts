const FIRST_BYTES = 16 * 1024;

/** The last bytes of a stream, found by where they stood in the whole of it. */
export class OutputRing {
  readonly #capacity: number;
  #bytes: Buffer;
  #total = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#bytes = Buffer.alloc(Math.min(FIRST_BYTES, capacity));
  }

  /** Bytes of the whole stream so far. */
  get total(): number {
    return this.#total;
  }

  /** Bytes at its beginning that are no longer kept. */
  get dropped(): number {
    return Math.max(0, this.#total - this.#capacity);
  }

  append(bytes: Buffer): void {
    this.#makeRoom(this.#total + bytes.length);
    const kept = bytes.subarray(-this.#bytes.length);
    const at = (this.#total + bytes.length - kept.length) % this.#bytes.length;
    const untilEnd = kept.copy(this.#bytes, at);
    kept.copy(this.#bytes, 0, untilEnd);
    this.#total += bytes.length;
  }

  /** A copy of at most `maxBytes` from `from` on, or from the first kept byte after it. */
  read(from = 0, maxBytes = this.#capacity): { from: number; bytes: Buffer } {
    const start = Math.min(Math.max(from, this.dropped), this.#total);
    const end = Math.min(start + maxBytes, this.#total);
    const size = this.#bytes.length;
    const at = start % size;
    const untilEnd = this.#bytes.subarray(at, Math.min(at + end - start, size));
    return {
      from: start,
      bytes: Buffer.concat([untilEnd, this.#bytes.subarray(0, end - start - untilEnd.length)]),
    };
  }

  // Nothing stands past the end of the buffer before it has its full size.
  #makeRoom(bytes: number): void {
    const size = this.#bytes.length;
    if (bytes <= size || size === this.#capacity) return;
    const larger = Buffer.alloc(Math.min(Math.max(size * 2, bytes), this.#capacity));
    this.#bytes.copy(larger);
    this.#bytes = larger;
  }
}
