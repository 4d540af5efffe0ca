// The test side: asks the code under test, which runs in another process, over two pipes named by environment variables.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { Channel, Ended } from './channel.mjs';
import { listOf } from './crossed.mjs';
import { guard } from './guard.mjs';
import { Peer } from './peer.mjs';

// Before a test puts fake timers in their place.
const { setImmediate, queueMicrotask } = globalThis;
const DATA = Buffer.of(0);
const CONTROL = Buffer.of(1);
/** Milliseconds that the code's event loop may keep ours waiting when there is nothing to tell. */
const LONGEST_TURN_MS = 8;
const MOST_SIGNS = 50;
const SIGN_LENGTH = 120;

export class Session {
  #channel;
  #peer;
  #ended;
  #loaded = new Set();
  #turning = false;
  #scheduled = false;
  #closed = false;
  #waitMs = 1;

  /** A fresh process for the code under test. Blocks until it is there. */
  constructor(file) {
    this.#channel = new Channel(openPipe('WHETSTONE_FROM_CODE', 'r'), openPipe('WHETSTONE_TO_CODE', 'w'));
    this.#peer = new Peer(this, { guard });
    this.#peer.crossed.onSettled = () => this.#schedule();
    const nonce = randomBytes(16).toString('hex');
    this.#control({ open: nonce, file });
    // A worker that was killed may have left half a message.
    this.#channel.skipPast(Buffer.from(nonce));
  }

  /** Loads a module over there. `exportName(name, read)` is called for each export; what the module throws is thrown. */
  load(file, exportName) {
    if (this.#loaded.has(file))
      throw new Error(`${file} cannot be loaded again: vi.resetModules() does not reach the code under test`);
    this.#loaded.add(file);
    const [module, exports] = listOf(this.#peer.ask('load', file));
    const id = this.#peer.theirId(module);
    for (const [name, ...value] of listOf(exports).map(listOf)) {
      if (typeof name !== 'string' || guard.hides(name)) continue;
      exportName(name, value.length > 0 ? () => value[0] : () => this.#peer.ask('export', id, name));
    }
  }

  /** Throws when the code under test is gone, so that no test passes by what it did not say. */
  mustLive() {
    if (this.#ended) throw this.#ended;
  }

  /** What the code changed of the language and of Node in its process, as it says itself: at most fifty short lines. */
  signs() {
    if (this.#ended || this.#loaded.size === 0) return [];
    try {
      const told = listOf(this.#peer.ask('signs', 0)).filter((sign) => typeof sign === 'string');
      return told.slice(0, MOST_SIGNS).map((sign) => sign.slice(0, SIGN_LENGTH));
    } catch (error) {
      if (error instanceof Ended) return ['its process ended before its tests did'];
      return ['it does not say what it changed'];
    }
  }

  /** The code's event loop stands still from here on: the worker of the next file may be there before this one is gone. */
  close() {
    this.#closed = true;
  }

  // The transport of the peer.

  send(bytes) {
    this.mustLive();
    this.#channel.send(DATA, bytes);
    if (!this.#turning) this.#schedule();
  }

  receive() {
    const message = this.#channel.receive();
    if (message[0] === DATA[0]) return message.subarray(1);
    throw new Ended(`The code under test ended: ${JSON.parse(message.subarray(1).toString('utf8')).ended}`);
  }

  fail(error) {
    if (this.#ended) return;
    this.#ended = error;
    if (!(error instanceof Ended)) {
      this.#ended = new Ended(`The code under test broke the protocol: ${error.message}`, { cause: error });
      this.#control({ breach: error.message });
    }
    this.#peer.crossed.abandon(this.#ended);
  }

  #control(message) {
    this.#channel.send(CONTROL, Buffer.from(JSON.stringify(message)));
  }

  // The code's event loop stands still but for the turns that it is given here.

  #schedule() {
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#waitMs = 1;
      this.#turn(0);
    });
  }

  #turn(waitMs) {
    if (this.#ended || this.#turning || this.#closed) return;
    this.#turning = true;
    let busy = false;
    try {
      const [news, more] = listOf(this.#peer.ask('turn', waitMs, this.#peer.crossed.takeNews()));
      this.#peer.hearNews(news);
      busy = more === true;
      this.#waitMs = news[0].length > 0 ? 1 : Math.min(2 * this.#waitMs, LONGEST_TURN_MS);
    } catch (error) {
      // Whoever calls next is told, and `mustLive` after each test.
      this.fail(error);
    } finally {
      this.#turning = false;
    }
    if (busy || this.#peer.crossed.waits) setImmediate(() => this.#turn(this.#waitMs));
  }
}

function openPipe(name, flags) {
  const place = process.env[name];
  if (!place) throw new Error(`${name} does not say where the code under test is`);
  return /^\d+$/.test(place) ? Number(place) : fs.openSync(place, flags);
}
