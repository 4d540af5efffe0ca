// What an object is: data that can be copied, or something with a class and a behaviour.

const { ownKeys, getPrototypeOf, getOwnPropertyDescriptor, get } = Reflect;
const { keys: enumerableKeys } = Object;
const { isInteger } = Number;
const sourceOf = Function.prototype.call.bind(Function.prototype.toString);

/**
 * Own enumerable fields, where they are all there is to it. Undefined where a method, a setter or a symbol says that
 * the object is more than data; `loose` leaves those out instead.
 */
export function dataOf(value, loose = false) {
  const fields = [];
  for (const key of ownKeys(value)) {
    const property = getOwnPropertyDescriptor(value, key);
    if (!property?.enumerable) continue;
    const more = typeof key === 'symbol' || property.set || typeof property.value === 'function';
    if (more && !loose) return undefined;
    if (!more) fields.push([key, property]);
  }
  const read = fields.map(([key]) => [key, get(value, key)]);
  if (!read.some(([, field]) => typeof field === 'function')) return read;
  return loose ? read.filter(([, field]) => typeof field !== 'function') : undefined;
}

/** Fields of an array beside its items, as a match of a regular expression has them. */
export function named(array) {
  const keys = enumerableKeys(array);
  const from = keys.findLastIndex((key) => isInteger(Number(key))) + 1;
  return keys
    .slice(from)
    .map((key) => [key, array[key]])
    .filter(([, field]) => typeof field !== 'function');
}

export function constructorOf(prototype) {
  for (let at = prototype; at !== null; at = getPrototypeOf(at)) {
    const own = getOwnPropertyDescriptor(at, 'constructor')?.value;
    if (typeof own === 'function' && own.prototype === at) return own;
  }
  return undefined;
}

export function isClass(value) {
  if (sourceOf(value).startsWith('class')) return true;
  const prototype = getOwnPropertyDescriptor(value, 'prototype')?.value;
  if (typeof prototype !== 'object' || prototype === null) return false;
  if (getOwnPropertyDescriptor(prototype, 'constructor')?.value !== value) return false;
  return getPrototypeOf(prototype) !== Object.prototype || ownKeys(prototype).length > 1;
}
