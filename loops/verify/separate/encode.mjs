// Values to bytes. Data is copied as it is now: getters and lazy proxies are evaluated here, on the side that owns them.
// What has identity or behaviour (functions, instances of classes, promises) goes as the number of a handle.
import { types } from 'node:util';
import { Writer } from './bytes.mjs';
import { constructorOf, dataOf, isClass, named } from './classify.mjs';
import { BINARIES, BUILTINS, ERRORS, LIMITS, SYMBOLS, TAG } from './format.mjs';

const { ownKeys, getPrototypeOf, get } = Reflect;
const { hasOwn, is } = Object;
const { isArray } = Array;
const { isInteger } = Number;
const bound = (method) => Function.prototype.call.bind(method);
const timeOf = bound(Date.prototype.getTime);
const mapEach = bound(Map.prototype.forEach);
const setEach = bound(Set.prototype.forEach);
const getter = (prototype, name) => bound(Object.getOwnPropertyDescriptor(prototype, name).get);
const patternOf = getter(RegExp.prototype, 'source');
const flagsOf = getter(RegExp.prototype, 'flags');
const { isMap, isSet, isDate, isRegExp, isPromise, isProxy, isNativeError, isAnyArrayBuffer } = types;

/** An object that is not copied, whatever it holds. */
export class ByHandle {
  constructor(target) {
    this.target = target;
  }
}

/**
 * `bank` knows what has crossed: `theirId(value)` of a stand-in, `keep(value)` and `keepPromise(value)` give ours a number,
 * `isDescribed(id)` says whether the other side knows this class, `markDescribed(ids)` that now it does.
 * A value that cannot cross throws a TypeError.
 */
export function encode(value, bank) {
  const encoder = new Encoder(bank);
  encoder.value(value, 0);
  const bytes = encoder.writer.take();
  if (bytes.length > LIMITS.bytes) refuse(`A value of more than ${LIMITS.bytes} bytes`);
  bank.markDescribed(encoder.described);
  return bytes;
}

function refuse(what) {
  throw new TypeError(
    `${what} cannot cross between a test and the code under test, which are separate processes`,
  );
}

class Encoder {
  writer = new Writer();
  described = new Set();
  #bank;
  #seen = new Map();
  #items = 0;

  constructor(bank) {
    this.#bank = bank;
  }

  value(value, depth) {
    this.#items += 1;
    if (this.#items > LIMITS.items) refuse(`A value of more than ${LIMITS.items} parts`);
    if (this.writer.length > LIMITS.bytes) refuse(`A value of more than ${LIMITS.bytes} bytes`);
    if (depth > LIMITS.depth) refuse(`A value nested more than ${LIMITS.depth} deep`);
    switch (typeof value) {
      case 'object':
        if (value === null) this.writer.byte(TAG.null);
        else this.#object(value, depth);
        break;
      case 'function':
        if (!this.#known(value)) this.#function(value, isClass(value), depth);
        break;
      case 'symbol': {
        const at = SYMBOLS.indexOf(value);
        if (at === -1) refuse('A symbol of its own');
        this.#tagged(TAG.symbol, at);
        break;
      }
      default:
        this.#primitive(value);
    }
  }

  #primitive(value) {
    if (value === undefined) this.writer.byte(TAG.undefined);
    else if (typeof value === 'boolean') this.writer.byte(value ? TAG.true : TAG.false);
    else if (typeof value === 'string') this.#tagged(TAG.string, value);
    else if (typeof value === 'number') this.#number(value);
    else {
      const digits = value.toString(16);
      if (digits.length > LIMITS.digits) refuse('A bigint of this size');
      this.#tagged(TAG.bigint, digits);
    }
  }

  #number(value) {
    if (isInteger(value) && value >= 0 && value < 2 ** 31 && !is(value, -0)) this.#tagged(TAG.integer, value);
    else {
      this.writer.byte(TAG.number);
      this.writer.number(value);
    }
  }

  #tagged(tag, content) {
    this.writer.byte(tag);
    if (typeof content === 'string') this.writer.string(content);
    else this.writer.count(content);
  }

  /** A stand-in goes home, and what was written already is not written again. */
  #known(value) {
    const theirs = this.#bank.theirId(value);
    if (theirs !== undefined) this.#tagged(TAG.yours, theirs);
    const seen = this.#seen.get(value);
    if (seen !== undefined) this.#tagged(TAG.again, seen);
    return theirs !== undefined || seen !== undefined;
  }

  #object(value, depth) {
    if (value instanceof ByHandle) return this.#handle(value.target, depth);
    if (this.#known(value)) return;
    if (isProxy(value)) this.#bank.sawLazy = true;
    const prototype = getPrototypeOf(value);
    if (isPromise(value)) this.#tagged(TAG.promise, this.#bank.keepPromise(value));
    else if (isNativeError(value) || value instanceof Error) this.#error(value, depth);
    else if (isArray(value) && prototype === Array.prototype) this.#array(value, depth);
    else if (isMap(value) && prototype === Map.prototype) this.#map(value, depth);
    else if (isSet(value) && prototype === Set.prototype) this.#set(value, depth);
    else if (isDate(value) && prototype === Date.prototype) {
      this.#remember(value, TAG.date);
      this.writer.number(timeOf(value));
    } else if (isRegExp(value) && prototype === RegExp.prototype) {
      this.#remember(value, TAG.regexp);
      this.writer.string(patternOf(value));
      this.writer.string(flagsOf(value));
    } else if (isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) this.#binary(value, prototype);
    else this.#plain(value, prototype, depth);
  }

  #remember(value, tag) {
    this.#seen.set(value, this.#seen.size);
    this.writer.byte(tag);
  }

  #plain(value, prototype, depth) {
    const data = prototype === null || prototype === Object.prototype ? dataOf(value) : undefined;
    if (!data) return this.#handle(value, depth);
    this.#remember(value, prototype === null ? TAG.bareObject : TAG.object);
    this.#fields(data, depth);
  }

  #fields(fields, depth) {
    this.writer.count(fields.length);
    for (const [key, field] of fields) {
      this.writer.string(key);
      this.value(field, depth + 1);
    }
  }

  /** An object that stays where it is. */
  #handle(value, depth) {
    if (this.#known(value)) return;
    const prototype = getPrototypeOf(value);
    this.#tagged(TAG.handle, this.#bank.keep(value));
    if (prototype === null) this.writer.byte(TAG.null);
    else this.#class(prototype, depth);
  }

  /** The class that `prototype` belongs to; none where it is a builtin one, whose methods would not work elsewhere. */
  #class(prototype, depth) {
    const Class = constructorOf(prototype);
    if (!Class || BUILTINS.includes(Class)) this.writer.byte(TAG.undefined);
    else if (!this.#known(Class)) this.#function(Class, true, depth + 1);
  }

  #function(value, asClass, depth) {
    const builtin = BUILTINS.indexOf(value);
    if (builtin !== -1) return this.#tagged(TAG.builtin, builtin);
    const id = this.#bank.keep(value);
    const known = asClass && (this.#bank.isDescribed(id) || this.described.has(id));
    this.#tagged(known ? TAG.class : asClass ? TAG.newClass : TAG.function, id);
    if (known) return;
    this.writer.string(`${get(value, 'name')}`);
    if (!asClass) return;
    this.described.add(id);
    const prototype = get(value, 'prototype');
    const above = getPrototypeOf(prototype);
    const parent = above === null ? undefined : constructorOf(above);
    if (depth > LIMITS.depth) refuse('A class with so many parents');
    if (!parent || parent === Object) this.writer.byte(TAG.undefined);
    else if (!this.#known(parent)) this.#function(parent, true, depth + 1);
    const members = ownKeys(prototype).filter((key) => typeof key === 'string' && key !== 'constructor');
    this.writer.count(members.length);
    for (const member of members) this.writer.string(member);
  }

  #array(value, depth) {
    const { length } = value;
    this.#items += length;
    if (this.#items > LIMITS.items) refuse(`An array of ${length} items`);
    this.#remember(value, TAG.array);
    this.writer.count(length);
    for (let at = 0; at < length; at += 1) {
      if (hasOwn(value, at)) this.value(value[at], depth + 1);
      else this.writer.byte(TAG.hole);
    }
    this.#fields(named(value), depth);
  }

  #map(value, depth) {
    this.#remember(value, TAG.map);
    const entries = [];
    mapEach(value, (item, key) => entries.push([key, item]));
    this.writer.count(entries.length);
    for (const [key, item] of entries) {
      this.value(key, depth + 1);
      this.value(item, depth + 1);
    }
  }

  #set(value, depth) {
    this.#remember(value, TAG.set);
    const items = [];
    setEach(value, (item) => items.push(item));
    this.writer.count(items.length);
    for (const item of items) this.value(item, depth + 1);
  }

  #binary(value, prototype) {
    const kind = BINARIES.findIndex((one) => one.prototype === prototype);
    if (kind === -1) refuse('Shared memory, or bytes of a class of their own,');
    this.#remember(value, TAG.binary);
    this.writer.byte(kind);
    const bytes = ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : new Uint8Array(value);
    if (bytes.length > LIMITS.bytes) refuse(`A value of more than ${LIMITS.bytes} bytes`);
    this.writer.bytes(bytes);
  }

  #error(value, depth) {
    this.#remember(value, TAG.error);
    this.writer.count(this.#bank.keep(value));
    const base = Math.max(
      ERRORS.findLastIndex((Base) => value instanceof Base),
      0,
    );
    this.writer.byte(base);
    const Class = constructorOf(getPrototypeOf(value));
    if (!Class || Class === ERRORS[base]) this.writer.byte(TAG.undefined);
    else if (!this.#known(Class)) this.#function(Class, true, depth + 1);
    this.writer.string(`${get(value, 'name')}`);
    this.writer.string(`${get(value, 'message')}`);
    const fields = (dataOf(value, true) ?? []).filter(([key]) => key !== 'message' && key !== 'stack');
    this.#fields(fields, depth);
    const silent = ['cause', 'errors'].filter(
      (key) => hasOwn(value, key) && !fields.some(([one]) => one === key),
    );
    this.#fields(
      silent.map((key) => [key, get(value, key)]),
      depth,
    );
  }
}
