// One of the two sides of a conversation. At any time one side speaks and the other listens; who is asked may ask back
// before answering, so that each can call what the other handed to it, as deep as they like.
import { Malformed } from './bytes.mjs';
import { Ended } from './channel.mjs';
import { Crossed, listOf } from './crossed.mjs';
import { decode } from './decode.mjs';
import { encode } from './encode.mjs';
import { SYMBOLS } from './format.mjs';

const { apply, construct, get, set, deleteProperty, ownKeys, getOwnPropertyDescriptor } = Reflect;
const then = Function.prototype.call.bind(Promise.prototype.then);

export class Peer {
  /** Changes whenever the other side may have run. */
  epoch = 0;
  crossed;
  #transport;
  #guard;
  #more;

  /**
   * `transport` has `send(bytes)`, `receive()` and `fail(error)`; `guard`, where the other side is hostile, says what it may do
   * and what is hidden from this one; `more` are operations besides those on objects.
   */
  constructor(transport, { guard, more = {} } = {}) {
    this.#transport = transport;
    this.#guard = guard;
    this.#more = more;
    this.crossed = new Crossed(this, (value) => !guard || guard.mayHand(value));
  }

  /** Does something on the other side. Throws what was thrown there, Ended when it is gone, Malformed when it babbles. */
  ask(operation, ...operands) {
    const question = encode([operation, ...operands], this.crossed);
    let answered = false;
    try {
      this.#transport.send(question);
      for (;;) {
        const message = this.hear();
        if (message[0] === 'return' || message[0] === 'throw') {
          answered = true;
          if (message[0] === 'throw') throw message[1];
          return message[1];
        }
        this.#transport.send(this.answer(message));
      }
    } catch (error) {
      // Neither side would know any more whose turn it is.
      if (!answered) this.#transport.fail(error);
      throw error;
    } finally {
      if (operation !== 'describe') this.epoch += 1;
    }
  }

  hear() {
    const message = decode(this.#transport.receive(), this.crossed);
    if (!Array.isArray(message) || typeof message[0] !== 'string') throw new Malformed('this is no message');
    return message;
  }

  /** The reply to a question of theirs, in bytes. */
  answer(message) {
    this.epoch += 1;
    try {
      return this.success(this.#perform(message));
    } catch (error) {
      if (error instanceof Malformed || error instanceof Ended) throw error;
      return this.failure(error);
    }
  }

  success(value) {
    return encode(['return', value], this.crossed);
  }

  failure(error) {
    try {
      return encode(['throw', error], this.crossed);
    } catch (uncarried) {
      return encode(['throw', new TypeError(`${uncarried?.message}`)], this.crossed);
    }
  }

  #perform([operation, id, ...operands]) {
    if (Object.hasOwn(this.#more, operation)) return this.#more[operation](id, ...operands);
    const object = this.crossed.ours(id);
    const [key, value] = operands;
    switch (operation) {
      case 'call':
        return apply(object, key, listOf(value));
      case 'construct':
        return construct(object, listOf(key));
      case 'describe':
        return this.#propertiesOf(object);
      case 'get':
        return this.#guard ? this.#guard.get(object, nameOf(key)) : get(object, key);
      case 'set':
        if (this.#guard) this.#guard.set(object, nameOf(key), value);
        else if (!set(object, key, value)) throw new TypeError(`Cannot assign to property ${String(key)}`);
        return undefined;
      case 'delete':
        return this.#guard ? false : deleteProperty(object, key);
      default:
        throw new Malformed('no such operation');
    }
  }

  /** Only what is told without running anything: the rest is asked for by `get`. */
  #propertiesOf(object) {
    const keys = ownKeys(object).filter((key) => typeof key === 'string' || SYMBOLS.includes(key));
    const shown = this.#guard ? keys.filter((key) => this.#guard.reveals(key)) : keys;
    return shown.map((key) => {
      const { value, enumerable } = getOwnPropertyDescriptor(object, key) ?? {};
      const told = value !== undefined && isPrimitive(value) && typeof value !== 'symbol';
      return [key, enumerable === true, told, told ? value : undefined];
    });
  }

  // For stand-ins.

  /** Own properties of one of theirs: name to { enumerable, told, value }. */
  propertiesOf(id) {
    const answer = this.ask('describe', id);
    return this.#checked(() => {
      const properties = new Map();
      for (const [key, enumerable, told, value] of listOf(answer).map(listOf)) {
        if (told === true && !isPrimitive(value)) throw new Malformed('not a primitive');
        if (!this.hides(nameOf(key))) properties.set(key, { enumerable: enumerable === true, told, value });
      }
      return properties;
    });
  }

  hearNews(news) {
    this.#checked(() => this.crossed.hearNews(news));
  }

  #checked(read) {
    try {
      return read();
    } catch (error) {
      if (error instanceof Malformed) this.#transport.fail(error);
      throw error;
    }
  }

  theirId(value) {
    return this.crossed.theirId(value);
  }

  /** Names that do not exist on this side, whatever the other one says. */
  hides(key) {
    return this.#guard?.hides(key) ?? false;
  }

  /** A real promise in the place of a method that might do anything with the callbacks it is given. */
  thenOf(id) {
    return (fulfilled, rejected) => then(this.ask('adopt', id), fulfilled, rejected);
  }
}

function nameOf(key) {
  if (typeof key !== 'string' && !SYMBOLS.includes(key)) throw new Malformed('no name of a property');
  return key;
}

function isPrimitive(value) {
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
}
