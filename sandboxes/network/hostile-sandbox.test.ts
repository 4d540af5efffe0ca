import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Sandbox } from '../containers/sandbox.ts';
import type { Engine } from '../engine/engine.ts';
import { limits } from '../limits.ts';
import { testEngine, testSandbox } from '../test-engine.ts';
import type { NetworkEvent } from './network-log.ts';
import { openProxy } from './open-proxy.ts';
import { longestTurnMs, startServer, type TestServer } from './test-servers.ts';

// What stands at the other end of the pipe is not our forwarder, or no longer: it may say anything.

const bounds: Record<string, number> = limits.network;
const usual = { ...limits.network };

let engine: Engine;
let image: string;
let sandbox: Sandbox;
let web: TestServer;
let events: NetworkEvent[];

beforeAll(async () => {
  ({ engine, image } = await testEngine());
  sandbox = await testSandbox(engine, image, { profile: 'hardened', ttlMs: 240_000 });
  web = await startServer();
}, 900_000);
beforeEach(() => {
  events = [];
});
afterEach(() => {
  Object.assign(bounds, usual);
});
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
  await web[Symbol.asyncDispose]();
});

const open = (inside: Sandbox = sandbox) =>
  openProxy(
    inside,
    { allow: [{ host: 'allowed.test', ports: [web.port], private: true }] },
    { onEvent: (event) => events.push(event), lookup: async () => ['127.0.0.1'], env: {} },
  );

/** The same sandbox, in which this command runs in the forwarder's place. */
function withInPlace(command: string[]): Sandbox {
  return Object.create(sandbox, { id: { value: sandbox.id }, pipe: { value: () => sandbox.pipe(command) } });
}

/** That the process of the proxies still makes one that works. */
async function hostIsWell(): Promise<void> {
  await using proxy = await open();
  const ask = `fetch = require('http').get({ host: '127.0.0.1', port: ${proxy.port}, path: 'http://allowed.test:${web.port}/' }, (answer) => answer.pipe(process.stdout))`;
  expect((await sandbox.exec(['node', '-e', ask], { timeoutMs: 20_000 })).stdout).toContain(
    'hello from allowed.test',
  );
}

/** Frames of HTTP/2 by hand, one kind of them without end. */
const flood = (kind: string) => [
  'node',
  '-e',
  `const frame = (type, flags, stream, payload = Buffer.alloc(0)) => {
     const head = Buffer.alloc(9);
     head.writeUIntBE(payload.length, 0, 3); head[3] = type; head[4] = flags; head.writeUInt32BE(stream, 5);
     return Buffer.concat([head, payload]);
   };
   const text = (value) => [Buffer.from([value.length]), Buffer.from(value)];
   const header = (name, value) => Buffer.concat([Buffer.from([0]), ...text(name), ...text(value)]);
   const connect = Buffer.concat([header(':method', 'CONNECT'), header(':authority', 'a:1')]);
   let stream = 1;
   const next = () => (stream += 2);
   const kinds = {
     garbage: () => require('crypto').randomBytes(9000),
     zeros: () => Buffer.alloc(9000),
     pings: () => frame(6, 0, 0, Buffer.alloc(8)),
     settings: () => frame(4, 0, 0),
     connects: () => frame(1, 4, next(), connect),
     resets: () => Buffer.concat([frame(1, 4, next(), connect), frame(3, 0, stream, Buffer.from([0, 0, 0, 8]))]),
     headers: () => frame(1, 4, next(), Buffer.concat([connect, ...Array(200).fill(header('x'.repeat(50), 'y'.repeat(100)))])),
     continuations: () => (stream === 1 ? frame(1, 0, next(), connect) : frame(9, 0, 3, header('x', 'y'))),
     unknown: () => frame(200, 0, 0, Buffer.alloc(100)),
     windows: () => frame(8, 0, 0, Buffer.from([127, 255, 255, 255])),
     data: () => (stream === 1 ? frame(1, 4, next(), connect) : frame(0, 0, 3)),
     goodbyes: () => frame(7, 0, 0, Buffer.alloc(8)),
     sizes: () => Buffer.concat([Buffer.from([255, 255, 255, 0, 0, 0, 0, 0, 1]), Buffer.alloc(9000)]),
   };
   process.stdout.on('error', () => process.exit());
   process.stdin.resume();
   const [kind] = process.argv.slice(1);
   if (kind !== 'garbage' && kind !== 'zeros') process.stdout.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n'), frame(4, 0, 0)]));
   const write = () => { while (process.stdout.write(Buffer.concat(Array.from({ length: 100 }, kinds[kind])))); process.stdout.once('drain', write); };
   write();`,
  kind,
];

describe("frames that are not a forwarder's end that proxy alone", () => {
  for (const kind of [
    'garbage',
    'zeros',
    'pings',
    'settings',
    'connects',
    'resets',
    'headers',
    'continuations',
    'unknown',
    'windows',
    'data',
    'goodbyes',
    'sizes',
  ])
    test(kind, async () => {
      Object.assign(bounds, { upBytes: 8 * 2 ** 20, requests: 2_000, readyMs: 3_000 });
      const before = process.memoryUsage().rss;
      const turnMs = await longestTurnMs(() =>
        expect(open(withInPlace(flood(kind)))).rejects.toMatchObject({
          code: expect.stringMatching(/^(no-proxy|proxy-spent)$/),
        }),
      );
      expect(turnMs).toBeLessThan(1_000);
      expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
    });

  test('and this process goes on', hostIsWell);
});

test('bytes that another process writes into the pipe of a proxy at work end it', async () => {
  await using proxy = await open();
  const inject = 'head -c 100000 /dev/urandom > /proc/$(pgrep -f input-type | head -1)/fd/1';
  await sandbox.exec(['sh', '-c', inject], { timeoutMs: 10_000 });
  expect(await proxy.ended).toMatchObject({ code: 'no-proxy' });
  await hostIsWell();
});

test('a process that never says that it listens, or ends at once, is a fault', async () => {
  Object.assign(bounds, { readyMs: 300 });
  await expect(open(withInPlace(['sleep', '60']))).rejects.toMatchObject({ code: 'no-proxy' });
  const ended = open(withInPlace(['sh', '-c', 'printf "\\033[31mred\\n" >&2; exit 3']));
  await expect(ended).rejects.toMatchObject({
    message: expect.stringContaining('ended with 3: \\u{1b}[31mred'),
  });
});

/** Speaks HTTP/2 well, and says what it likes. */
const speaking = (script: string) => [
  'node',
  '-e',
  `const { Duplex } = require('stream');
   const session = require('http2').connect('http://host', { createConnection: () => Duplex.from({ readable: process.stdin, writable: process.stdout }) });
   session.on('error', () => process.exit());
   const tell = (headers) => new Promise((done) => session.request({ ':method': 'POST', ':path': '/', ...headers }).on('error', done).on('close', done).resume().end());
   (async () => { ${script} })();`,
];

test('names in events are short and plain, whatever is said, and no more than the latest are kept', async () => {
  Object.assign(bounds, { refusalsKept: 10 });
  await using proxy = await open(
    withInPlace(
      speaking(`await tell({ 'x-listening': '99999999' }); await tell({ 'x-listening': '-1' });
        await tell({ 'x-asked': '\\xff\\x9b31m' + 'a'.repeat(5000) });
        for (let n = 0; n < 50; n++) await tell({ 'x-asked': 'name' + n });
        await tell({ 'x-listening': '4444' }); await tell({ 'x-listening': '5555' });`),
    ),
  );
  expect(proxy.port).toBe(4444);
  await expect.poll(() => proxy.refusals().total).toBe(51);
  expect(proxy.refusals().events.map(({ host }) => host)).toEqual(
    Array.from({ length: 10 }, (_, n) => `name${n + 40}`),
  );
  expect(events[0]?.host).toMatch(/^\\u\{ff\}\\u\{9b\}31ma+$/);
  expect(events[0]?.host).toHaveLength(limits.network.nameLength);
});

test('a flood of requests ends it at its limit, and so do bytes in either direction', async () => {
  const listening = `await tell({ 'x-listening': '4444' });`;
  Object.assign(bounds, { requests: 300 });
  const asked = await open(withInPlace(speaking(`${listening} for (;;) await tell({ 'x-asked': 'a' });`)));
  expect(await asked.ended).toMatchObject({
    code: 'proxy-spent',
    message: expect.stringContaining('requests'),
  });
  expect(events.length).toBeLessThanOrEqual(300);

  Object.assign(bounds, { ...usual, upBytes: 2 ** 20, downBytes: 2 ** 20 });
  const transfer = (path: string, method: string) =>
    `require('http').request({ host: '127.0.0.1', port: 3128, method: '${method}', path: 'http://allowed.test:${web.port}${path}' }, (answer) => answer.resume()).on('error', () => {}).end(Buffer.alloc('${method}' === 'POST' ? 3e6 : 0))`;
  for (const [what, script] of [
    ['upBytes', transfer('/hash', 'POST')],
    ['downBytes', transfer('/bytes?bytes=3000000', 'GET')],
  ] as const) {
    await using proxy = await open();
    await sandbox.exec(['node', '-e', script], { timeoutMs: 20_000 });
    expect(await proxy.ended).toMatchObject({ code: 'proxy-spent', message: expect.stringContaining(what) });
  }
});

test('a sandbox that does not read stops 50 servers, instead of filling our memory', async () => {
  const [count, size] = [50, 40 * 2 ** 20];
  await using proxy = await open();
  const before = process.memoryUsage().rss;
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 20);
  const script = `let silent = ${count};
    for (let n = 0; n < ${count}; n++) require('http').get({ host: '127.0.0.1', port: ${proxy.port}, path: 'http://allowed.test:${web.port}/bytes?bytes=${size}' },
      () => --silent || setTimeout(() => process.exit(), 2_000));`;
  expect(await sandbox.exec(['node', '-e', script], { timeoutMs: 60_000 })).toMatchObject({ exitCode: 0 });
  clearInterval(watch);
  const closed = () => events.filter(({ kind }) => kind === 'closed');
  await expect.poll(() => closed().length, { timeout: 20_000 }).toBe(count);
  const down = closed().reduce((sum, { bytesDown = 0 }) => sum + bytesDown, 0);
  // The sockets' own buffers, in the kernel, count as well.
  expect(down).toBeLessThan((count * size) / 5);
  expect(most - before).toBeLessThan(150 * 2 ** 20);
});
