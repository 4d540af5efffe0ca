// Functions and objects that stand for those of the other side: whatever is done to them is asked of it.
import { SYMBOLS } from './format.mjs';

const functionOwn = new Set(['prototype', 'name', 'length', ...Reflect.ownKeys(Function.prototype)]);

/**
 * `peer.ask(operation, ...)` does it over there and returns or throws what came of it; `peer.epoch` changes with all that may
 * have changed something there; `peer.hides(key)` are names that do not exist here, whatever the other side says.
 */
export function functionStandIn(peer, id, target) {
  const described = describing(peer, id);
  const standIn = new Proxy(target, {
    apply: (_, self, args) => peer.ask('call', id, self, args),
    construct(_, args, newTarget) {
      if (newTarget !== standIn)
        throw new TypeError(`${target.name} cannot be extended on this side: it lives in another process`);
      return peer.ask('construct', id, args);
    },
    get(_, key) {
      if (typeof key === 'symbol' || functionOwn.has(key)) return Reflect.get(target, key);
      return peer.hides(key) || key === 'then' ? undefined : peer.ask('get', id, key);
    },
    has: (_, key) => Reflect.has(target, key) || (!peer.hides(key) && described().has(key)),
    set: (_, key, value) => functionOwn.has(key) || peer.ask('set', id, key, value) || true,
    defineProperty: () => false,
    deleteProperty: () => false,
    setPrototypeOf: () => false,
    preventExtensions: () => false,
  });
  return standIn;
}

/** `prototype` is what the class of the other side is on this one. */
export function objectStandIn(peer, id, prototype) {
  const described = describing(peer, id);
  const get = (key) => {
    if (peer.hides(key) || (typeof key === 'symbol' && !SYMBOLS.includes(key))) return undefined;
    // What it calls itself would make chai and vitest hand it the value that was expected.
    if (key === 'constructor' || key === Symbol.toStringTag) return Reflect.get(prototype ?? {}, key);
    const known = described.now()?.get(key);
    if (known?.told) return known.value;
    const value = peer.ask('get', id, key);
    if (value === undefined && key in Object.prototype && prototype)
      return Reflect.get(Object.prototype, key);
    return key === 'then' && typeof value === 'function' ? peer.thenOf(id) : value;
  };
  return new Proxy(
    {},
    {
      get: (_, key) => get(key),
      has: (_, key) => !peer.hides(key) && (described().has(key) || (prototype !== null && key in prototype)),
      set: (_, key, value) => peer.ask('set', id, key, value) || true,
      deleteProperty: (_, key) => peer.ask('delete', id, key),
      ownKeys: () => [...described().keys()],
      getOwnPropertyDescriptor(_, key) {
        const property = described().get(key);
        if (!property) return undefined;
        return { value: get(key), enumerable: property.enumerable, writable: true, configurable: true };
      },
      defineProperty(_, key, property) {
        if (property.get || property.set)
          throw new TypeError('A getter cannot be put on an object of another process');
        peer.ask('set', id, key, property.value);
        return true;
      },
      getPrototypeOf: () => prototype,
      setPrototypeOf: () => false,
      preventExtensions: () => false,
    },
  );
}

/** Own properties by name, asked for again when something may have changed. */
function describing(peer, id) {
  let epoch = -1;
  let properties;
  const now = () => (epoch === peer.epoch ? properties : undefined);
  const describe = () => {
    if (!now()) {
      properties = peer.propertiesOf(id);
      epoch = peer.epoch;
    }
    return properties;
  };
  describe.now = now;
  return describe;
}

/** The prototype of a class over there. Its members are asked of whichever object they are read from. */
export function standInPrototype(peer, standIn, parent, members) {
  const prototype = Object.create(parent === undefined ? Object.prototype : parent.prototype, {
    constructor: { value: standIn, writable: true, configurable: true },
  });
  for (const member of members) {
    if (peer.hides(member)) continue;
    Object.defineProperty(prototype, member, {
      configurable: true,
      get() {
        const id = peer.theirId(this);
        return id === undefined ? undefined : peer.ask('get', id, member);
      },
      set(value) {
        const id = peer.theirId(this);
        if (id !== undefined) peer.ask('set', id, member, value);
      },
    });
  }
  return prototype;
}
