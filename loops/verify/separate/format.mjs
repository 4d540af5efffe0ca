// What encoding and decoding of values agree on.

/** Of one message, in either direction. */
export const LIMITS = { depth: 500, items: 1_000_000, bytes: 16 * 2 ** 20, digits: 100_000, pattern: 10_000 };

const names = [
  'undefined null true false integer number bigint string symbol',
  'again array hole object bareObject map set date regexp binary error',
  'function class newClass handle promise yours builtin',
].join(' ');

/** The byte that begins each value. */
export const TAG = Object.freeze(Object.fromEntries(names.split(' ').map((name, at) => [name, at])));

const wellKnown = [
  'iterator asyncIterator toPrimitive toStringTag hasInstance species isConcatSpreadable unscopables',
  'match matchAll replace search split',
].join(' ');

/** The only symbols that cross. */
export const SYMBOLS = wellKnown.split(' ').map((name) => Symbol[name]);

export const ERRORS = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  AggregateError,
];

/** Functions that each side has of its own. None of them reaches further than its arguments. */
export const BUILTINS = [
  ...ERRORS,
  ...[Object, Array, String, Number, Boolean, BigInt, Symbol, Date, RegExp, Promise, Map, Set, DOMException],
  ...[ArrayBuffer, DataView, Buffer, parseInt, parseFloat, JSON.parse, JSON.stringify],
  ...[
    Object.keys,
    Object.values,
    Object.entries,
    Object.freeze,
    Math.trunc,
    Math.ceil,
    Math.round,
    Math.sqrt,
  ],
  ...[
    Number.isInteger,
    Number.isFinite,
    Number.isNaN,
    Math.abs,
    Math.floor,
    Math.max,
    Math.min,
    Array.isArray,
  ],
];

const views = [
  ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
  ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array],
];

/** Prototype of each kind of bytes, and how to make one of an ArrayBuffer. */
export const BINARIES = [
  { prototype: ArrayBuffer.prototype, width: 1, make: (buffer) => buffer },
  { prototype: Buffer.prototype, width: 1, make: (buffer) => Buffer.from(buffer) },
  { prototype: DataView.prototype, width: 1, make: (buffer) => new DataView(buffer) },
  ...views.map((View) => ({
    prototype: View.prototype,
    width: View.BYTES_PER_ELEMENT,
    make: (buffer) => new View(buffer),
  })),
];
