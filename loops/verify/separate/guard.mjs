// What hostile code may do with the objects that a test handed to it, and what of its own a test framework shall not see.

const { getPrototypeOf, getOwnPropertyDescriptor } = Reflect;

/**
 * Names by which vitest lets an object decide for itself: whether it equals what was expected, how often it was called.
 * They are no part of what comes from the code under test.
 */
const DECIDING = new Set([
  'asymmetricMatch',
  'toAsymmetricMatcher',
  '$$typeof',
  'isEqualNode',
  '_isMockFunction',
  '__proto__',
]);

/** From any of these it is one step to running text as code in the process of the tests. */
const REVEALING = new Set([
  ...['constructor', 'prototype', 'caller', 'callee', 'arguments'],
  ...['__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__'],
]);

const ROOTS = [Object.prototype, Function.prototype];

const POWERFUL = [
  ...['fs', 'fs/promises', 'child_process', 'vm', 'module', 'worker_threads', 'v8', 'inspector', 'net'],
  ...['http', 'https', 'dgram', 'cluster', 'os'],
];
let powerful;

/** Parts of Node and of the language that let their caller do anything: no test can hand them on. */
function isPowerful(value) {
  if (!powerful) {
    const owners = POWERFUL.map((name) => process.getBuiltinModule(name));
    owners.push(globalThis, process, Reflect, Object, ...ROOTS);
    powerful = new Set(owners.flatMap((owner) => [owner, ...methodsOf(owner)]));
  }
  return powerful.has(value);
}

function methodsOf(owner) {
  const values = Object.values(Object.getOwnPropertyDescriptors(owner)).map(({ value }) => value);
  // Constructors of the language are passed by name; the global functions of a test framework are its own affair.
  return values.filter((value) => typeof value === 'function');
}

export const guard = {
  hides(key) {
    return DECIDING.has(key);
  },

  mayHand(value) {
    return !isPowerful(value);
  },

  reveals(key) {
    return typeof key === 'symbol' || !(REVEALING.has(key) || DECIDING.has(key));
  },

  /** Own fields and those of classes, up to what every object or function has. */
  get(object, key) {
    if (!this.reveals(key) || (typeof object === 'function' && '_isMockFunction' in object)) return undefined;
    for (let at = object; at !== null && !ROOTS.includes(at); at = getPrototypeOf(at)) {
      if (getOwnPropertyDescriptor(at, key)) return object[key];
    }
    return undefined;
  },

  set(object, key, value) {
    if (!this.reveals(key) || typeof object === 'function')
      throw new TypeError(`The code under test cannot set ${String(key)} of what a test handed to it`);
    object[key] = value;
  },
};
