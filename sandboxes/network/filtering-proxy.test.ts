import { BlockList, connect, createServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Dialler } from './dial.ts';
import { createFilteringProxy } from './filtering-proxy.ts';
import { readPolicy } from './judge-destination.ts';
import { type NetworkEvent, NetworkLog } from './network-log.ts';
import { listen, startServer, type TestServer } from './test-servers.ts';

// Raw bytes, as no HTTP client would send them, to the host's proxy; what arrives at the server behind it, byte by byte.

const rest = {
  budget: { takeRequest() {}, takeDown() {} },
  onFault(error: unknown) {
    throw error;
  },
};

let events: NetworkEvent[];
let received: string;
let answer: string;
let behind: TestServer;
let proxy: TestServer;
let dialler: Dialler;
let answers: Record<string, string[]>;

beforeEach(async () => {
  events = [];
  received = '';
  answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  answers = { 'allowed.test': ['127.0.0.1'], 'inside.test': ['127.0.0.1'] };
  behind = await listen(
    createServer((socket) => {
      socket.on('data', (bytes) => {
        received += bytes.toString('latin1');
        if (received.includes('\r\n\r\n')) socket.write(answer, 'latin1');
      });
    }),
  );
  dialler = new Dialler({
    rules: readPolicy({
      allow: [
        { host: 'allowed.test', ports: [behind.port], private: true },
        { host: 'inside.test', ports: [behind.port] },
        { host: '*.many.test', ports: [behind.port], private: true },
      ],
    }),
    lookup: async (name) => answers[name] ?? (name.endsWith('.many.test') ? ['127.0.0.1'] : []),
    own: new BlockList(),
    env: {},
  });
  const log = new NetworkLog((event) => events.push(event));
  proxy = await listen(createFilteringProxy({ dialler, log, ...rest }));
});
afterEach(async () => {
  dialler.destroy();
  await proxy[Symbol.asyncDispose]();
  await behind[Symbol.asyncDispose]();
});

/** All that comes back until the proxy hangs up. */
async function send(...parts: (string | Buffer)[]): Promise<string> {
  const socket = connect(proxy.port, '127.0.0.1');
  for (const part of parts) socket.write(part);
  return (await buffer(socket)).toString('latin1');
}

const at = (name: string) => `${name}:${behind.port}`;
const close = 'Connection: close\r\n\r\n';
const refusals = () => events.filter(({ kind }) => kind === 'refused').map(({ reason }) => reason);

describe('plain HTTP', () => {
  test("arrives with the host of its URL and without what is the connection's own", async () => {
    const said = await send(
      `POST http://allowed.test:${behind.port}/a%2Fb?c HTTP/1.1\r\nHost: evil.test\r\nProxy-Authorization: Basic c2VjcmV0\r\nProxy-Connection: keep-alive\r\n`,
      `Upgrade: websocket\r\nTE: trailers\r\nX-Mine: drop\r\nX-Kept: yes\r\nContent-Length: 2\r\nConnection: close, X-Mine, Content-Length, Host\r\n\r\nhi`,
    );
    expect(said).toMatch(/^HTTP\/1.1 200 OK\r\n.*\r\n\r\nok$/s);
    expect(received).toBe(
      `POST /a%2Fb?c HTTP/1.1\r\nHost: ${at('allowed.test')}\r\nConnection: close\r\nX-Kept: yes\r\nContent-Length: 2\r\n\r\nhi`,
    );
    expect(events).toMatchObject([
      { kind: 'allowed', protocol: 'http', host: 'allowed.test', port: behind.port },
      { kind: 'closed', bytesDown: answer.length, bytesUp: received.length },
    ]);
  });

  test('that could be read as two requests is refused, or arrives as one', async () => {
    const url = `http://${at('allowed.test')}/`;
    const inner = `GET /inner HTTP/1.1\r\nHost: ${at('allowed.test')}\r\n\r\n`;
    const tries = [
      `GET ${url} HTTP/1.1\r\nHost: allowed.test\r\nHost: evil.test\r\n${close}`,
      `POST ${url} HTTP/1.1\r\nHost: a\r\nContent-Length: ${inner.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
      `POST ${url} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
      `POST ${url} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${inner}`,
      `POST ${url} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${inner}`,
      `GET ${url} HTTP/1.1\nHost: a\n\n`,
      `GET ${url}\x0b HTTP/1.1\r\nHost: a\r\n${close}`,
      `GET ${url}\xe9 HTTP/1.1\r\nHost: a\r\n${close}`,
      `GET ${url} HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n${close}`,
      `GET ${url} HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n${close}`,
    ];
    for (const text of tries) {
      expect(await send(Buffer.from(text, 'latin1')), text).toMatch(/^HTTP\/1.1 400 /);
      expect(received, text).toBe('');
    }
    expect(refusals()).toEqual(tries.map(() => 'malformed'));

    await send(
      `GET ${url} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close, transfer-encoding\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    );
    expect(received.match(/HTTP\/1.1/g)).toHaveLength(1);
    expect(received).toMatch(/\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n$/);
  });

  test('of other forms is refused by what it names', async () => {
    const tries: [target: string, reason: string][] = [
      ['/', 'malformed'],
      ['*', 'malformed'],
      [`https://${at('allowed.test')}/`, 'malformed'],
      [`http://user:pw@${at('allowed.test')}/`, 'malformed'],
      [`http://evil.test@${at('allowed.test')}/`, 'malformed'],
      [`http://${at('allowed.test')}@evil.test/`, 'malformed'],
      [`http://${at('allowed.test')}/a#b`, 'malformed'],
      ['http://[::1%25lo]/', 'malformed'],
      ['http://allowed.test/', 'port-not-listed'],
      [`http://allowed.test.evil.test:${behind.port}/`, 'not-listed'],
      [`http://${at('evil.test')}/`, 'not-listed'],
      [`http://${at('127.0.0.1')}/`, 'address-not-listed'],
      [`http://${at('0x7f.1')}/`, 'address-not-listed'],
      [`http://${at('2130706433')}/`, 'address-not-listed'],
      [`http://${at('[::ffff:127.0.0.1]')}/`, 'address-not-listed'],
      ['http://169.254.169.254/latest/meta-data', 'address-not-listed'],
    ];
    for (const [target, reason] of tries) {
      const said = await send(`GET ${target} HTTP/1.1\r\nHost: allowed.test\r\n${close}`);
      expect(said, target).toMatch(reason === 'malformed' ? /^HTTP\/1.1 400 / : /^HTTP\/1.1 403 /);
      expect(said).toContain(`x-sandbox-network: ${reason}\r\n`);
    }
    expect(refusals()).toEqual(tries.map(([, reason]) => reason));
    expect(behind.connections()).toBe(0);
  });

  test('of an allowed name goes nowhere when its answer is private, or changes to be', async () => {
    const ask = (name: string) => send(`GET http://${at(name)}/ HTTP/1.1\r\nHost: a\r\n${close}`);
    for (const address of [
      '127.0.0.1',
      '10.0.0.1',
      '169.254.169.254',
      '::1',
      '::ffff:127.0.0.1',
      '64:ff9b::7f00:1',
      '0.0.0.0',
      'nonsense',
    ]) {
      answers['inside.test'] = ['8.8.8.8', address];
      expect(await ask('inside.test'), address).toContain('(private-address)');
    }
    answers['allowed.test'] = ['169.254.169.254'];
    expect(await ask('allowed.test')).toContain('(private-address)');
    expect(behind.connections()).toBe(0);
    // One answer for each request: that of the last was a private one, this one is judged anew.
    answers['allowed.test'] = ['127.0.0.1'];
    expect(await ask('allowed.test')).toContain('200 OK');
  });

  test('of a server that answers nonsense fails, and the proxy goes on', async () => {
    const ask = () => send(`GET http://${at('allowed.test')}/ HTTP/1.1\r\nHost: a\r\n${close}`);
    for (const nonsense of [
      'SSH-2.0-x\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
      `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
    ]) {
      answer = nonsense;
      received = '';
      expect(await ask(), nonsense.slice(0, 40)).toMatch(/^HTTP\/1.1 502 /);
    }
    answer =
      'HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nX-Gone: x\r\nConnection: close, x-gone\r\nContent-Length: 2\r\n\r\nok';
    received = '';
    const said = await ask();
    expect(said.match(/set-cookie/gi)).toHaveLength(2);
    expect(said).not.toMatch(/x-gone/i);
  });

  test('in a flood of requests on one connection opens no more connections than a sandbox may have', async () => {
    answer = '';
    const socket = connect(proxy.port, '127.0.0.1');
    const one = `GET http://${at('allowed.test')}/ HTTP/1.1\r\nHost: a\r\n\r\n`;
    socket.write(one.repeat(1_000));
    await expect.poll(() => refusals().length, { timeout: 20_000 }).toBe(1_000 - 128);
    expect(new Set(refusals())).toEqual(new Set(['too-many']));
    expect(behind.connections()).toBeLessThanOrEqual(128);
    socket.destroy();
    await expect.poll(() => events.filter(({ kind }) => kind === 'closed').length).toBe(128);
  });
});

describe('CONNECT', () => {
  test('is refused by what it names', async () => {
    const tries: [target: string, reason: string][] = [
      [at('evil.test'), 'not-listed'],
      ['allowed.test:25', 'port-not-listed'],
      [at('127.0.0.1'), 'address-not-listed'],
      [at('[::1]'), 'address-not-listed'],
      [at('017700000001'), 'address-not-listed'],
      [at('user@allowed.test'), 'malformed'],
      [at('user:pw@allowed.test'), 'malformed'],
      ['allowed.test', 'malformed'],
      [`http://${at('allowed.test')}`, 'malformed'],
      [at('allowed.test%00.evil.test'), 'malformed'],
      [at('inside.test'), 'private-address'],
    ];
    for (const [target, reason] of tries) {
      const said = await send(`CONNECT ${target} HTTP/1.1\r\nHost: ${at('allowed.test')}\r\n\r\n`);
      expect(said, target).toMatch(reason === 'malformed' ? /^HTTP\/1.1 400 / : /^HTTP\/1.1 403 /);
      expect(said).toContain(`(${reason})`);
    }
    expect(refusals().filter((reason) => reason !== undefined)).toEqual(tries.map(([, reason]) => reason));
    expect(behind.connections()).toBe(0);
  });

  test('carries plain HTTP for its host alone, and no second tunnel', async () => {
    const through = (inner: string) =>
      send(`CONNECT ${at('allowed.test')} HTTP/1.1\r\nHost: a\r\n\r\n`, inner);
    expect(await through(`GET /x HTTP/1.1\r\nHost: ${at('allowed.test')}\r\n${close}`)).toMatch(
      /200 Connection.*200 OK.*ok$/s,
    );
    expect(received).toMatch(/^GET \/x HTTP\/1.1\r\nHost: allowed.test:\d+\r\nConnection: close\r\n\r\n$/);
    expect(await through(`GET / HTTP/1.1\r\nHost: ${at('evil.test')}\r\n${close}`)).toContain(
      '(other-server-name)',
    );
    expect(
      await through(`GET http://${at('evil.test')}/ HTTP/1.1\r\nHost: ${at('allowed.test')}\r\n${close}`),
    ).toContain('(malformed)');
    expect(await through(`CONNECT ${at('allowed.test')} HTTP/1.1\r\nHost: a\r\n\r\n`)).toContain(
      '(malformed)',
    );
    expect(await through('SSH-2.0-OpenSSH\r\n')).toContain('(malformed)');
  });

  test('that stays silent holds a place, and gives it back', async () => {
    const sockets = Array.from({ length: 140 }, (_, at) => {
      const socket = connect(proxy.port, '127.0.0.1');
      socket.write(`CONNECT a${at}.many.test:${behind.port} HTTP/1.1\r\nHost: a\r\n\r\n`);
      return socket;
    });
    await expect.poll(() => refusals().length, { timeout: 20_000 }).toBe(12);
    for (const socket of sockets) socket.destroy();
    await expect
      .poll(() => send(`GET http://${at('allowed.test')}/ HTTP/1.1\r\nHost: a\r\n${close}`))
      .toContain('200 OK');
  });
});

test('a proxy of this machine is asked for what is not its own, with its password, and NO_PROXY is not', async () => {
  await using web = await startServer();
  const asked: string[] = [];
  const upstream = createServer((socket) => {
    socket.once('data', (bytes) => {
      asked.push(bytes.toString());
      if (asked.length === 1) return socket.end('HTTP/1.1 407 Who are you\r\n\r\n');
      const inner = connect(web.port, '127.0.0.1');
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      return socket.pipe(inner).pipe(socket);
    });
  });
  await using listening = await listen(upstream);
  const chained = new Dialler({
    rules: readPolicy({
      allow: [
        { host: 'allowed.test', ports: [80, 443] },
        { host: 'direct.test', ports: [web.port], private: true },
      ],
    }),
    lookup: async () => ['127.0.0.1'],
    own: new BlockList(),
    env: {
      HTTP_PROXY: `http://me:pass%20word@127.0.0.1:${listening.port}`,
      NO_PROXY: 'other.test, .direct.test',
    },
  });
  const log = new NetworkLog((event) => events.push(event));
  await using through = await listen(createFilteringProxy({ dialler: chained, log, ...rest }));
  const ask = async (text: string) => {
    const socket = connect(through.port, '127.0.0.1');
    socket.write(text);
    return (await buffer(socket)).toString();
  };
  expect(await ask(`GET http://allowed.test/a HTTP/1.1\r\nHost: a\r\n${close}`)).toContain('UPSTREAM_407');
  expect(await ask(`GET http://allowed.test/a HTTP/1.1\r\nHost: a\r\n${close}`)).toContain(
    'hello from allowed.test to GET /a',
  );
  expect(asked[1]).toContain('CONNECT allowed.test:80 HTTP/1.1\r\n');
  expect(asked[1]).toContain(
    `proxy-authorization: Basic ${Buffer.from('me:pass word').toString('base64')}\r\n`,
  );
  expect(await ask(`GET http://direct.test:${web.port}/b HTTP/1.1\r\nHost: a\r\n${close}`)).toContain(
    'to GET /b',
  );
  // On port 443 nothing but TLS goes through, neither to the upstream.
  expect(
    await ask(
      `CONNECT allowed.test:443 HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n`,
    ),
  ).not.toContain('hello');
  expect(await ask(`GET http://evil.test/ HTTP/1.1\r\nHost: a\r\n${close}`)).toContain('(not-listed)');
  expect(asked).toHaveLength(3);
  expect(refusals()).toEqual(['not-tls', 'not-listed']);
  chained.destroy();
});
