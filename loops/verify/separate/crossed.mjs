// What has crossed between the two sides: ours by the number it was given, theirs by the stand-in that we have for it.
import { Malformed } from './bytes.mjs';
import { decode } from './decode.mjs';
import { encode } from './encode.mjs';
import { functionStandIn, objectStandIn, standInPrototype } from './stand-ins.mjs';

const then = Function.prototype.call.bind(Promise.prototype.then);

export class Crossed {
  /** A proxy of ours went over: whatever it holds was worked out when it was copied. */
  sawLazy = false;
  /** What to do when a promise of ours that they wait for is settled. */
  onSettled = () => {};
  #peer;
  #mayHand;
  #nextId = 1;
  #ours = new Map();
  #ids = new WeakMap();
  #theirs = new Map();
  #theirIds = new WeakMap();
  #pending = new Map();
  #settled = [];
  #released = [];
  #collected = new FinalizationRegistry((token) => {
    if (this.#theirs.get(token.id)?.token === token) this.#theirs.delete(token.id);
    this.#released.push([token.id, token.receipts]);
  });

  /** `peer` is asked by stand-ins; `mayHand(value)` says whether the other side may hold this function or object. */
  constructor(peer, mayHand) {
    this.#peer = peer;
    this.#mayHand = mayHand;
  }

  // For `encode`.

  theirId(value) {
    return this.#theirIds.get(value);
  }

  keep(value) {
    let id = this.#ids.get(value);
    if (id === undefined || !this.#ours.has(id)) {
      if (!this.#mayHand(value))
        throw new TypeError(
          'A part of Node cannot be handed to the code under test, which is another process',
        );
      id = this.#nextId++;
      this.#ids.set(value, id);
      this.#ours.set(id, { value, sent: 0, described: false });
    }
    this.#ours.get(id).sent += 1;
    return id;
  }

  keepPromise(promise) {
    const id = this.keep(promise);
    const settle = (fulfilled) => (value) => {
      this.#settled.push([id, fulfilled, value]);
      this.onSettled();
    };
    then(promise, settle(true), settle(false));
    return id;
  }

  isDescribed(id) {
    return this.#ours.get(id).described;
  }

  markDescribed(ids) {
    for (const id of ids) this.#ours.get(id).described = true;
  }

  // For `decode`.

  ours(id) {
    const entry = this.#ours.get(id);
    if (!entry) throw new Malformed('this was never handed out');
    return entry.value;
  }

  theirFunction(id, name) {
    return this.#receive(id, 'function', () => {
      // Not an arrow function: whether the other one can be constructed is for the other side to say.
      function target() {}
      Object.defineProperty(target, 'name', { value: name, configurable: true });
      return { value: functionStandIn(this.#peer, id, target), target };
    });
  }

  /** A class is kept for good, as it is told of only once. */
  newClass(id, name, parent, members) {
    const standIn = this.theirFunction(id, name);
    const entry = this.#theirs.get(id);
    if (entry.strong) throw new Malformed('this class is there already');
    entry.strong = standIn;
    entry.target.prototype = standInPrototype(this.#peer, standIn, parent, members);
    return standIn;
  }

  theirClass(id) {
    const standIn = this.#theirs.get(id)?.strong;
    if (!standIn) throw new Malformed('no such class');
    return standIn;
  }

  /** `standIn` is that of its class: undefined for Object, null for none at all. */
  theirObject(id, standIn) {
    const prototype = standIn === null ? null : (standIn ?? Object).prototype;
    return this.#receive(id, 'object', () => ({ value: objectStandIn(this.#peer, id, prototype) }));
  }

  theirError(id, copy) {
    return this.#receive(id, 'error', () => ({ value: copy }));
  }

  theirPromise(id) {
    return this.#receive(id, 'promise', () => ({
      value: new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject })),
    }));
  }

  /** The one that is there already, where there is one: two stand-ins of one thing would not be equal. */
  #receive(id, kind, make) {
    const there = this.#theirs.get(id);
    const alive = there?.ref.deref();
    if (alive !== undefined) {
      if (there.kind !== kind) throw new Malformed('two kinds of things with one number');
      there.token.receipts += 1;
      return alive;
    }
    const { value, target } = make();
    const token = { id, receipts: 1 };
    this.#theirs.set(id, { kind, ref: new WeakRef(value), token, target, strong: undefined });
    this.#theirIds.set(value, id);
    this.#collected.register(value, token);
    return value;
  }

  // What goes along with a turn of the event loop.

  /** Promises of ours that were settled, each value in bytes of its own, and what we need no more. */
  takeNews() {
    const settled = this.#settled.splice(0).map(([id, fulfilled, value]) => {
      try {
        return [id, fulfilled, encode(value, this)];
      } catch (error) {
        return [id, false, encode(new TypeError(error.message), this)];
      }
    });
    return [settled, this.#released.splice(0)];
  }

  get hasNews() {
    return this.#settled.length > 0;
  }

  hearNews(news) {
    const [settled, released] = listOf(news);
    for (const [id, fulfilled, bytes] of listOf(settled).map(listOf)) {
      if (!(bytes instanceof Uint8Array)) throw new Malformed('a promise was settled with nothing');
      const value = decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), this);
      const waiting = this.#pending.get(id);
      this.#pending.delete(id);
      if (fulfilled === true) waiting?.resolve(value);
      else waiting?.reject(value);
    }
    for (const [id, receipts] of listOf(released).map(listOf)) {
      const entry = this.#ours.get(id);
      if (!entry || !Number.isInteger(receipts)) continue;
      entry.sent -= receipts;
      if (entry.sent <= 0) this.#ours.delete(id);
    }
  }

  get waits() {
    return this.#pending.size > 0;
  }

  /** Whoever waits for them waits no longer. */
  abandon(error) {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

/** Where the other side should have sent a list. */
export function listOf(value) {
  if (!Array.isArray(value)) throw new Malformed('not a list');
  return value;
}
