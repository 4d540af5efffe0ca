// Bytes to values, all of them new: primitives, data that has own fields alone, and stand-ins for what stays on the other
// side. Nothing that the other side defined runs here. Whatever no honest side sends is `Malformed`.
import { Malformed, Reader } from './bytes.mjs';
import { BINARIES, BUILTINS, ERRORS, LIMITS, SYMBOLS, TAG } from './format.mjs';

const { defineProperty, setPrototypeOf } = Reflect;
const ERROR_CLASSES = [...ERRORS, DOMException];

/**
 * `bank` holds what has crossed: `ours(id)`, and the stand-ins `theirFunction(id, name)`, `theirClass(id)`,
 * `newClass(id, name, parent, members)`, `theirObject(id, class)`, `theirPromise(id)` and `theirError(id, copy)`.
 */
export function decode(bytes, bank) {
  const decoder = new Decoder(new Reader(bytes), bank);
  const value = decoder.value(0);
  decoder.reader.end();
  return value;
}

class Decoder {
  reader;
  #bank;
  #seen = [];
  #items = 0;

  constructor(reader, bank) {
    this.reader = reader;
    this.#bank = bank;
  }

  /** What is told of in advance counts as much as what came. */
  #several(count) {
    this.#items += count;
    if (this.#items > LIMITS.items) throw new Malformed(`more than ${LIMITS.items} parts`);
    return count;
  }

  value(depth) {
    this.#several(1);
    if (depth > LIMITS.depth) throw new Malformed(`nested more than ${LIMITS.depth} deep`);
    const { reader } = this;
    const tag = reader.byte();
    switch (tag) {
      case TAG.undefined:
        return undefined;
      case TAG.null:
        return null;
      case TAG.true:
        return true;
      case TAG.false:
        return false;
      case TAG.integer:
        return reader.count();
      case TAG.number:
        return reader.number();
      case TAG.bigint:
        return readBigint(reader.string());
      case TAG.string:
        return reader.string();
      case TAG.symbol:
        return pick(SYMBOLS, reader.count(), 'symbol');
      case TAG.again:
        return pick(this.#seen, reader.count(), 'value');
      case TAG.array:
        return this.#array(depth);
      case TAG.object:
        return this.#fields(this.#new({}), depth, true);
      case TAG.bareObject:
        return this.#fields(this.#new(Object.create(null)), depth, true);
      case TAG.map:
        return this.#map(depth);
      case TAG.set:
        return this.#set(depth);
      case TAG.date:
        return this.#new(new Date(reader.number()));
      case TAG.regexp:
        return this.#new(readPattern(reader.string(), reader.string()));
      case TAG.binary:
        return this.#new(readBinary(pick(BINARIES, reader.byte(), 'kind of bytes'), reader.bytes()));
      case TAG.error:
        return this.#error(depth);
      case TAG.promise:
        return this.#bank.theirPromise(reader.count());
      case TAG.handle:
        return this.#bank.theirObject(reader.count(), this.#class(depth + 1, []));
      case TAG.yours:
        return this.#bank.ours(reader.count());
      default:
        return this.#function(tag, depth);
    }
  }

  #new(value) {
    this.#seen.push(value);
    return value;
  }

  #function(tag, depth) {
    if (tag === TAG.builtin) return pick(BUILTINS, this.reader.count(), 'builtin');
    const id = this.reader.count();
    if (tag === TAG.class) return this.#bank.theirClass(id);
    if (tag === TAG.function) return this.#bank.theirFunction(id, this.reader.string());
    if (tag !== TAG.newClass) throw new Malformed(`no value begins with ${tag}`);
    const name = this.reader.string();
    const parent = this.#class(depth + 1, BUILTINS);
    if (parent === null) throw new Malformed('null is no parent of a class');
    const count = this.#several(this.reader.count());
    const members = Array.from({ length: count }, () => this.reader.string());
    return this.#bank.newClass(id, name, parent, members);
  }

  /** Undefined stands for Object, null for none at all. Of the builtin ones only `builtins` will do. */
  #class(depth, builtins) {
    const value = this.value(depth);
    if (value === null || value === undefined) return value;
    if (typeof value !== 'function' || typeof value.prototype !== 'object' || value.prototype === null)
      throw new Malformed('this is no class');
    if (BUILTINS.includes(value) && !builtins.includes(value)) throw new Malformed('not a class for this');
    return value;
  }

  #array(depth) {
    const length = this.#several(this.reader.count());
    const array = this.#new(new Array(length));
    for (let at = 0; at < length; at += 1) {
      if (this.reader.peek() === TAG.hole) this.reader.byte();
      else array[at] = this.value(depth + 1);
    }
    return this.#fields(array, depth, true);
  }

  /** A method would be called by whoever compares or prints the object: only a handle may have some. */
  #fields(object, depth, enumerable) {
    const count = this.#several(this.reader.count());
    for (let at = 0; at < count; at += 1) {
      const key = this.reader.string();
      const value = this.value(depth + 1);
      if (typeof value === 'function') throw new Malformed('data has no functions among its fields');
      // An item far behind the others would make an array of 2^32 items.
      if (Array.isArray(object) && /^\d+$/.test(key))
        throw new Malformed('an item among the fields of an array');
      // Not by assignment: `__proto__` is a name like any other. An array's length cannot be defined anew.
      if (!defineProperty(object, key, { value, enumerable, configurable: true, writable: true }))
        throw new Malformed(`no field can be called ${key}`);
    }
    return object;
  }

  #map(depth) {
    const map = this.#new(new Map());
    const count = this.#several(this.reader.count());
    for (let at = 0; at < count; at += 1) map.set(this.value(depth + 1), this.value(depth + 1));
    return map;
  }

  #set(depth) {
    const set = this.#new(new Set());
    const count = this.#several(this.reader.count());
    for (let at = 0; at < count; at += 1) set.add(this.value(depth + 1));
    return set;
  }

  #error(depth) {
    const id = this.reader.count();
    const Base = pick(ERRORS, this.reader.byte(), 'error');
    const at = this.#seen.push(undefined) - 1;
    const Class = this.#class(depth + 1, ERROR_CLASSES);
    const name = this.reader.string();
    const message = this.reader.string();
    const error = this.#bank.theirError(
      id,
      Base === AggregateError ? new Base([], message) : new Base(message),
    );
    this.#seen[at] = error;
    if (Class) setPrototypeOf(error, Class.prototype);
    if (Class || Base.name !== name)
      defineProperty(error, 'name', { value: name, enumerable: false, configurable: true, writable: true });
    this.#fields(error, depth, true);
    this.#fields(error, depth, false);
    return error;
  }
}

function pick(list, at, what) {
  if (at >= list.length) throw new Malformed(`no such ${what}`);
  return list[at];
}

function readBigint(digits) {
  const [, minus, hex] = /^(-?)([0-9a-f]+)$/.exec(digits) ?? [];
  if (hex === undefined || hex.length > LIMITS.digits) throw new Malformed('no bigint');
  const value = BigInt(`0x${hex}`);
  return minus ? -value : value;
}

function readPattern(source, flags) {
  if (source.length > LIMITS.pattern) throw new Malformed('a regular expression of this length');
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw new Malformed(`no regular expression: ${error.message}`);
  }
}

function readBinary({ width, make }, bytes) {
  if (bytes.length % width !== 0) throw new Malformed('half an item among bytes');
  return make(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
