// Messages over two file descriptors, each after its length: written and read without giving up the thread, so that a
// function that asks the other side remains a synchronous function.
import fs from 'node:fs';
import { Malformed } from './bytes.mjs';
import { LIMITS } from './format.mjs';

/** The other side, or what carries its bytes, is gone. */
export class Ended extends Error {
  name = 'Ended';
}

// What was loaded after this may patch them.
const { readSync, writeSync } = fs;
const { wait } = Atomics;
const HEADER_BYTES = 4;
const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));

/** A message is somewhat longer than the value in it. */
const MESSAGE_BYTES = LIMITS.bytes + 2 ** 20;

export class Channel {
  #input;
  #output;
  #rest = Buffer.alloc(0);
  #block = Buffer.allocUnsafeSlow(2 ** 16);

  /** File descriptors, blocking or not. */
  constructor(input, output) {
    this.#input = input;
    this.#output = output;
  }

  /** Throws Ended where nobody reads any more. */
  send(...parts) {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const header = Buffer.allocUnsafe(HEADER_BYTES);
    header.writeUInt32LE(length);
    const bytes = Buffer.concat([header, ...parts]);
    let at = 0;
    while (at < bytes.length) at += patiently(() => writeSync(this.#output, bytes, at, bytes.length - at));
  }

  /** The next message, when it has come. Throws Ended, or Malformed for one that is too long. */
  receive() {
    this.#fill(HEADER_BYTES);
    const length = this.#rest.readUInt32LE();
    if (length > MESSAGE_BYTES) throw new Malformed(`a message of ${length} bytes`);
    this.#fill(HEADER_BYTES + length);
    const message = this.#rest.subarray(HEADER_BYTES, HEADER_BYTES + length);
    this.#rest = this.#rest.subarray(HEADER_BYTES + length);
    return message;
  }

  /** Drops whatever comes before these bytes, and them. */
  skipPast(mark) {
    for (;;) {
      const at = this.#rest.indexOf(mark);
      if (at !== -1) {
        this.#rest = this.#rest.subarray(at + mark.length);
        return;
      }
      this.#rest = this.#rest.subarray(Math.max(0, this.#rest.length - mark.length));
      this.#fill(this.#rest.length + 1);
    }
  }

  #fill(count) {
    if (this.#rest.length >= count) return;
    const parts = [this.#rest];
    let have = this.#rest.length;
    while (have < count) {
      const got = patiently(() => readSync(this.#input, this.#block, 0, this.#block.length, null));
      if (got === 0) throw new Ended('the other side is gone');
      parts.push(Buffer.from(this.#block.subarray(0, got)));
      have += got;
    }
    this.#rest = Buffer.concat(parts, have);
  }
}

/** A descriptor that does not block is asked again, at first at once. */
function patiently(attempt) {
  for (let tries = 0; ; tries += 1) {
    try {
      return attempt();
    } catch (error) {
      if (error.code === 'EPIPE' || error.code === 'ECONNRESET') throw new Ended('the other side is gone');
      if (error.code !== 'EAGAIN') throw error;
      if (tries > 20) wait(nobodyWakes, 0, 0, Math.min(tries / 100, 2));
    }
  }
}
