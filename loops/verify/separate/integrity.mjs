// Sees what code changed of the language and of Node for everybody in its process. It is a net for the plain forms: in a process
// of its own, code that means to hide can. Who asks it decides by other things.
import { createRequire } from 'node:module';

const { apply, ownKeys, getOwnPropertyDescriptor, getPrototypeOf, get } = Reflect;
const { is } = Object;
const require = createRequire(import.meta.url);

/** Modules whose functions a test, a runner or a clock may stand on. */
const MODULES = [
  ...[
    'assert',
    'assert/strict',
    'buffer',
    'child_process',
    'console',
    'crypto',
    'events',
    'fs',
    'fs/promises',
  ],
  ...['module', 'path', 'perf_hooks', 'process', 'stream', 'timers', 'timers/promises', 'url', 'util', 'vm'],
];
/** What a process does last, or when something goes wrong in it. */
const ENDS = [
  'beforeExit',
  'exit',
  'uncaughtException',
  'uncaughtExceptionMonitor',
  'unhandledRejection',
  'SIGTERM',
];
/** Settings that are there to be set, and what holds whatever a program puts there. */
const OPEN = new Set([
  'Error.stackTraceLimit',
  'Error.prepareStackTrace',
  'process.env',
  // How many kinds of events have a listener: Node's own come and go. Those that matter are counted by name.
  'process._eventsCount',
  'process.exitCode',
  'process.title',
]);

/** What is to be had now; call it before any code that is watched. The function that it gives lists what is otherwise since. */
export function watchIntegrity() {
  const started = watchProcesses();
  const owners = collectOwners();
  const before = owners.map(([name, owner]) => ({ name, owner, properties: describe(name, owner) }));
  const { listenerCount } = process;
  const count = (event) => apply(listenerCount, process, [event]);
  const listeners = ENDS.map((event) => [event, count(event)]);
  return () => {
    const changed = before.flatMap(({ name, owner, properties }) => differences(name, owner, properties));
    const listening = listeners.filter(([event, then]) => count(event) > then);
    return [
      ...changed.filter((name) => !OPEN.has(name)),
      ...listening.map(([event]) => `a listener of the process's ${event}`),
      ...(started.count > 0 ? ['it started a process that it does not wait for'] : []),
    ];
  };
}

/** A process that ends with this one, or is killed with it, would be gone when the engine is asked what is left. */
function watchProcesses() {
  const started = { count: 0 };
  const { ChildProcess } = require('node:child_process');
  const { spawn } = ChildProcess.prototype;
  ChildProcess.prototype.spawn = function (...options) {
    started.count += 1;
    return apply(spawn, this, options);
  };
  return started;
}

function collectOwners() {
  const owners = new Map();
  const add = (name, value) => {
    if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
      if (!owners.has(value)) owners.set(value, name);
    }
  };
  add('globalThis', globalThis);
  for (const key of ownKeys(globalThis)) {
    const value = read(globalThis, key);
    add(String(key), value);
    add(`${String(key)}.prototype`, prototypeOf(value));
  }
  for (const module of MODULES) {
    const exports = require(`node:${module}`);
    add(module, exports);
    add(`${module}.prototype`, prototypeOf(exports));
    for (const key of ownKeys(exports))
      add(`${module}.${String(key)}.prototype`, prototypeOf(read(exports, key)));
  }
  const generator = Object.getPrototypeOf(function* () {});
  add('Iterator.prototype', Object.getPrototypeOf(Object.getPrototypeOf(generator.prototype)));
  add('Generator.prototype', generator.prototype);
  add('TypedArray.prototype', Object.getPrototypeOf(Uint8Array.prototype));
  add('performance', performance);
  return [...owners].map(([owner, name]) => [name, owner]);
}

const prototypeOf = (value) => (typeof value === 'function' ? read(value, 'prototype') : undefined);

/** Some properties are made when they are first read; that is no change. */
function read(owner, key) {
  try {
    return get(owner, key);
  } catch {
    return undefined;
  }
}

function describe(name, owner) {
  const keys = ownKeys(owner);
  // A getter of a prototype is for its instances.
  if (!name.endsWith('prototype')) for (const key of keys) read(owner, key);
  return new Map(keys.map((key) => [key, getOwnPropertyDescriptor(owner, key)]));
}

/** New names are a change where every object would have them, or where they hide what was inherited. */
function differences(name, owner, properties) {
  const changed = [];
  for (const [key, before] of properties) {
    const now = getOwnPropertyDescriptor(owner, key);
    if (!now || !['value', 'get', 'set'].every((part) => is(now[part], before[part]))) changed.push(key);
  }
  const parent = getPrototypeOf(owner);
  const isSeen = (key) => name.endsWith('prototype') || (parent !== null && key in parent);
  changed.push(...ownKeys(owner).filter((key) => !properties.has(key) && isSeen(key)));
  return changed.map((key) => `${name}.${String(key)}`);
}
