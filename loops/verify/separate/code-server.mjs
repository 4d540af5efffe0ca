// Runs beside the code under test, and answers for it. Usage: code-server.mjs <root> <input fd> <output fd>
// Nothing in this process can be trusted once a module of the target was loaded; who listens takes its words for values
// and no more. What is taken from the language beforehand is for code that patches it and is honest otherwise.
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Channel, Ended } from './channel.mjs';
import { ByHandle } from './encode.mjs';
import { watchIntegrity } from './integrity.mjs';
import { Peer } from './peer.mjs';

const { nextTick, reallyExit, getActiveResourcesInfo } = process;
const { setImmediate, setTimeout, clearTimeout, queueMicrotask } = globalThis;
const { getPrototypeOf } = Reflect;
const [root, input, output] = process.argv.slice(2);
const realRoot = realpathSync(root);

/** Of what the code prints. The rest is dropped, so that a flood costs nobody anything. */
const PRINTED_BYTES = 2 ** 18;
boundOutput();
const changes = watchIntegrity();
/** Of what is told of changes: names, and so many of them. */
const TOLD = 50;

const channel = new Channel(Number(input), Number(output));
const transport = {
  send: (bytes) => orExit(() => channel.send(bytes)),
  receive: () => orExit(() => channel.receive()),
  fail: () => reallyExit.call(process, 1),
};
const peer = new Peer(transport, {
  more: {
    export: (id, name) => asSingleton(peer.crossed.ours(id)[name]),
    adopt: (id) => Promise.resolve(peer.crossed.ours(id)),
    signs: () => {
      const lazy = peer.crossed.sawLazy ? ['a lazy value was handed out'] : [];
      return [...changes(), ...lazy].slice(0, TOLD);
    },
  },
});

serve();

/** Blocks until something needs the event loop, which then comes back here. */
function serve() {
  for (;;) {
    const message = peer.hear();
    const [operation, ...operands] = message;
    if (operation === 'load') return void load(...operands).then(reply, fail);
    if (operation === 'turn') return turn(...operands);
    transport.send(peer.answer(message));
  }
}

function reply(value) {
  let bytes;
  try {
    bytes = peer.success(value);
  } catch (error) {
    bytes = peer.failure(error);
  }
  transport.send(bytes);
  serve();
}

function fail(error) {
  transport.send(peer.failure(error));
  serve();
}

/** Names of all exports, with the functions among them; the others are asked for each time, as they may change. */
async function load(file) {
  const real = realpathSync(path.resolve(realRoot, file));
  if (!real.startsWith(realRoot + path.sep))
    throw new TypeError(`${file} is not below the root of the target`);
  const module = await import(pathToFileURL(real).href);
  const exports = Object.keys(module).map((name) => {
    const value = module[name];
    return typeof value === 'function' ? [name, value] : [name];
  });
  return [new ByHandle(module), exports];
}

/**
 * Lets promises, timers and input of the code go on: until there is something to tell, `waitMs` at the longest. At 0 only
 * what is waiting already runs.
 */
function turn(waitMs, news) {
  peer.hearNews(news);
  let over = false;
  const end = () => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    peer.crossed.onSettled = () => {};
    reply([peer.crossed.takeNews(), getActiveResourcesInfo.call(process).length > 0]);
  };
  const timer = waitMs > 0 ? setTimeout(end, waitMs) : undefined;
  // A tick that is asked for by a microtask comes when there are no more microtasks.
  const afterMicrotasks = (then) => queueMicrotask(() => nextTick.call(process, then));
  const look = () => {
    if (waitMs === 0 || peer.crossed.hasNews) end();
    else peer.crossed.onSettled = () => setImmediate(end);
  };
  afterMicrotasks(() => afterMicrotasks(look));
}

/** An object that a module exports is one of a kind: what a test changes in it, the module sees. */
function asSingleton(value) {
  if (typeof value !== 'object' || value === null) return value;
  const prototype = getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? new ByHandle(value) : value;
}

function orExit(speak) {
  try {
    return speak();
  } catch (error) {
    if (error instanceof Ended) reallyExit.call(process, 0);
    throw error;
  }
}

function boundOutput() {
  let left = PRINTED_BYTES;
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    stream.write = (chunk, ...more) => {
      left -= chunk.length;
      if (left >= 0) return write(chunk, ...more);
      const done = more.find((one) => typeof one === 'function');
      if (done) nextTick.call(process, done);
      return true;
    };
  }
}
