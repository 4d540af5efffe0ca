// Numbers, strings and bytes of a message. Reading trusts nothing: whatever does not fit is `Malformed`.

/** The other side sent what no honest one sends. */
export class Malformed extends Error {
  name = 'Malformed';
}

// Code under test may patch prototypes after this was loaded.
const { from, allocUnsafe } = Buffer;
const isWide = RegExp.prototype.test.bind(/[\u0100-\uffff]/);
const float = new DataView(new ArrayBuffer(8));

export class Writer {
  #bytes = allocUnsafe(1024);
  #length = 0;

  #room(count) {
    const from = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = allocUnsafe(2 * this.#length);
      larger.set(this.#bytes.subarray(0, from));
      this.#bytes = larger;
    }
    return from;
  }

  get length() {
    return this.#length;
  }

  byte(value) {
    const at = this.#room(1);
    this.#bytes[at] = value;
  }

  /** A whole number from 0 to 2^53 - 1, seven bits a byte. */
  count(value) {
    let rest = value;
    while (rest > 127) {
      this.byte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  number(value) {
    float.setFloat64(0, value);
    for (let at = 0; at < 8; at += 1) this.byte(float.getUint8(at));
  }

  bytes(value) {
    this.count(value.length);
    const at = this.#room(value.length);
    this.#bytes.set(value, at);
  }

  /** Lone surrogates survive, as they would not in UTF-8. */
  string(value) {
    const latin1 = !isWide(value);
    this.byte(latin1 ? 0 : 1);
    this.bytes(from(value, latin1 ? 'latin1' : 'utf16le'));
  }

  take() {
    return this.#bytes.subarray(0, this.#length);
  }
}

export class Reader {
  #bytes;
  #at = 0;

  constructor(bytes) {
    this.#bytes = bytes;
  }

  #next(count) {
    if (count > this.#bytes.length - this.#at) throw new Malformed('a message ends too early');
    this.#at += count;
    return this.#at - count;
  }

  byte() {
    return this.#bytes[this.#next(1)];
  }

  count() {
    let value = 0;
    for (let factor = 1; factor < 2 ** 50; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
    }
    throw new Malformed('a count is too large');
  }

  number() {
    const at = this.#next(8);
    return this.#bytes.readDoubleBE(at);
  }

  peek() {
    return this.#bytes[this.#at];
  }

  /** A view, not a copy. */
  bytes() {
    const count = this.count();
    const at = this.#next(count);
    return this.#bytes.subarray(at, at + count);
  }

  string() {
    const kind = this.byte();
    const bytes = this.bytes();
    if (kind > 1 || (kind === 1 && bytes.length % 2 === 1)) throw new Malformed('no such kind of string');
    return bytes.toString(kind === 0 ? 'latin1' : 'utf16le');
  }

  end() {
    if (this.#at !== this.#bytes.length) throw new Malformed('a message is longer than it says');
  }
}
