import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Sandbox } from '../containers/sandbox.ts';
import type { Engine } from '../engine/engine.ts';
import { containersOf, testEngine, testSandbox, until } from '../test-engine.ts';
import type { NetworkEvent } from './network-log.ts';
import { openProxy } from './open-proxy.ts';
import type { SandboxProxy } from './piped-proxy.ts';
import {
  bytesOf,
  type Certificate,
  hashOf,
  longestTurnMs,
  makeCertificate,
  served,
  startServer,
  type TestServer,
} from './test-servers.ts';

const clientScript = readFileSync(new URL('./test-client.mjs', import.meta.url), 'utf8');

let engine: Engine;
let image: string;
let sandbox: Sandbox;
let certificate: Certificate;
let web: TestServer;
let secure: TestServer;
let proxy: SandboxProxy;
let events: NetworkEvent[] = [];
let answers: Record<string, string[]>;

beforeAll(async () => {
  ({ engine, image } = await testEngine());
  sandbox = await testSandbox(engine, image, { profile: 'hardened', ttlMs: 240_000 });
  certificate = await makeCertificate(sandbox);
  web = await startServer();
  secure = await startServer(certificate);
  const ports = [web.port, secure.port];
  proxy = await openProxy(
    sandbox,
    {
      allow: [
        { host: 'allowed.test', ports, private: true },
        { host: '*.allowed.test', ports, private: true },
        { host: '*.rebound.test', ports },
        { host: 'away.test', ports: [1], private: true },
      ],
    },
    {
      onEvent: (event) => events.push(event),
      lookup: async (name) => answers[name] ?? ['127.0.0.1'],
      env: {},
    },
  );
}, 900_000);
beforeEach(() => {
  events = [];
  answers = {};
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
  await web[Symbol.asyncDispose]();
  await secure[Symbol.asyncDispose]();
});

async function ask(...tasks: object[]): Promise<Record<string, unknown>[]> {
  const done = await sandbox.exec(
    ['node', '--input-type=module', '-e', clientScript, JSON.stringify(tasks)],
    {
      timeoutMs: 100_000,
      env: proxy.env,
    },
  );
  expect(done.stderr).toBe('');
  return JSON.parse(done.stdout);
}

const refusals = () =>
  events
    .filter(({ kind }) => kind === 'refused')
    .map(({ protocol, host, reason }) => [protocol, host, reason].join(' '));

describe('an allowed host', () => {
  test('is reached over HTTP and HTTPS, and told as an event with its bytes', async () => {
    const tasks = [
      { kind: 'http', url: `http://allowed.test:${web.port}/a` },
      { kind: 'https', to: `allowed.test:${secure.port}`, path: '/b' },
      { kind: 'https', to: `a.allowed.test:${secure.port}`, path: '/hash', post: 3_000_000 },
      {
        kind: 'raw',
        to: `allowed.test:${web.port}`,
        text: `GET /c HTTP/1.1\r\nHost: allowed.test:${web.port}\r\nConnection: close\r\n\r\n`,
      },
    ];
    expect(await ask(...tasks)).toMatchObject([
      { status: 200, body: `hello from allowed.test:${web.port} to GET /a` },
      { status: 200, body: `hello from allowed.test:${secure.port} to GET /b` },
      { status: 200, body: hashOf([Buffer.alloc(3_000_000, 'up')]) },
      { back: expect.stringContaining('to GET /c') },
    ]);
    await expect.poll(() => events.filter(({ kind }) => kind === 'closed')).toHaveLength(4);
    expect(events.filter(({ kind }) => kind === 'allowed')).toHaveLength(4);
    const uploaded = events.find(({ kind, host }) => kind === 'closed' && host === 'a.allowed.test');
    expect(uploaded).toMatchObject({ protocol: 'https', port: secure.port });
    expect(uploaded?.bytesUp).toBeGreaterThan(3_000_000);
    expect(refusals()).toEqual([]);
  });

  test('that does not answer is no refusal', async () => {
    expect(await ask({ kind: 'https', to: 'away.test:1' })).toEqual([{ failed: 'ECONNREFUSED' }]);
    expect(events.filter(({ kind }) => kind !== 'closed')).toMatchObject([
      { kind: 'failed', host: 'away.test', reason: 'ECONNREFUSED' },
    ]);
  });

  test('is all that is reached: else by name, by address, over HTTP and HTTPS, each refusal told', async () => {
    const before = [web.connections(), secure.connections()];
    const names = ['other.test', 'allowed.test.evil.test', 'localhost'];
    const addresses = ['127.0.0.1', '127.1', '2130706433', '[::1]', '[::ffff:127.0.0.1]', '169.254.169.254'];
    const both = [...names, ...addresses].flatMap((host) => [
      { kind: 'https', to: `${host}:${secure.port}` },
      { kind: 'http', url: `http://${host}:${web.port}/` },
    ]);
    const outcomes = await ask(...both, { kind: 'https', to: `a.rebound.test:${secure.port}` });
    expect(outcomes.at(-1)).toEqual({ failed: 'private-address' });
    for (const [at, outcome] of outcomes.slice(0, -1).entries()) {
      const reason = at < 2 * names.length ? 'not-listed' : 'address-not-listed';
      if (at % 2 === 0) expect(outcome).toEqual({ failed: reason });
      else expect(outcome).toMatchObject({ status: 403, body: expect.stringContaining(`(${reason})`) });
    }
    expect([web.connections(), secure.connections()]).toEqual(before);
    expect(refusals()).toHaveLength(outcomes.length);
    expect(refusals()).toContain('http other.test not-listed');
    expect(refusals()).toContain('https ::1 address-not-listed');
    expect(proxy.refusals().events.slice(-outcomes.length)).toEqual(events);
  });
});

test('npm and git find their way by the environment alone', async () => {
  const at = `allowed.test:${secure.port}`;
  const pack =
    'cd /tmp && mkdir -p package && printf "{\\"name\\":\\"tiny\\",\\"version\\":\\"1.0.0\\"}" > package/package.json && tar czf tiny.tgz package';
  await sandbox.exec(['sh', '-c', pack], { timeoutMs: 5_000 });
  const dist = { tarball: `https://${at}/tiny/-/tiny-1.0.0.tgz` };
  served['/tiny/-/tiny-1.0.0.tgz'] = await sandbox.readFile('/tmp/tiny.tgz');
  served['/tiny'] = JSON.stringify({
    name: 'tiny',
    'dist-tags': { latest: '1.0.0' },
    versions: { '1.0.0': { name: 'tiny', version: '1.0.0', dist } },
  });
  served['/repository/info/refs?service=git-upload-pack'] = `${'a'.repeat(40)}\trefs/heads/main\n`;
  const run = (script: string) =>
    sandbox.exec(['sh', '-c', script], {
      timeoutMs: 60_000,
      env: {
        ...proxy.env,
        HOME: '/tmp',
        npm_config_cafile: '/tmp/ca.pem',
        GIT_SSL_CAINFO: '/tmp/ca.pem',
      },
    });
  const installed = await run(
    `npm install --no-audit --no-fund --prefix /tmp/here --registry https://${at}/ tiny && cat /tmp/here/node_modules/tiny/package.json`,
  );
  expect(installed.stdout).toContain('"name":"tiny"');
  expect((await run(`git ls-remote https://${at}/repository`)).stdout).toBe(
    `${'a'.repeat(40)}\trefs/heads/main\n`,
  );
  const refused = await run(`git ls-remote https://other.test:${secure.port}/repository`);
  expect(refused.stderr).toContain('CONNECT tunnel failed, response 403');
});

describe('without the proxy', () => {
  test('nothing is reached over TCP, UDP or IPv6: there is no network', async () => {
    const tasks = [
      { kind: 'tcp', to: ['1.1.1.1', 443] },
      { kind: 'tcp', to: ['172.17.0.1', web.port] },
      { kind: 'tcp', to: ['127.0.0.1', web.port] },
      { kind: 'tcp', to: ['2606:4700::1111', 443] },
      { kind: 'udp', to: ['8.8.8.8', 53, 'udp4'] },
      { kind: 'udp', to: ['2001:4860:4860::8888', 53, 'udp6'] },
    ];
    for (const outcome of await ask(...tasks))
      expect(outcome).toEqual({
        failed: expect.stringMatching(/^(ENETUNREACH|ECONNREFUSED|EADDRNOTAVAIL)$/),
      });
    expect(
      (await sandbox.exec(['cut', '-d:', '-f1', '-s', '/proc/net/dev'], { timeoutMs: 5_000 })).stdout.trim(),
    ).toBe('lo');
  });

  test('no name is resolved, by either resolver, and the try is told', async () => {
    expect(await ask({ kind: 'dns', name: 'secret-data.evil.test' })).toEqual([{ failed: 'EREFUSED' }]);
    const own = await sandbox.exec(['getent', 'hosts', 'another.evil.test'], { timeoutMs: 10_000 });
    expect(own.exitCode).not.toBe(0);
    await expect.poll(refusals).toEqual(['dns secret-data.evil.test no-dns', 'dns another.evil.test no-dns']);
  });
});

describe('it cannot be widened', () => {
  test('by a redirect: the next request is judged anew', async () => {
    const url = `http://allowed.test:${web.port}/redirect?to=http://other.test:${web.port}/`;
    const [redirect] = await ask({ kind: 'http', url });
    expect(redirect).toMatchObject({ status: 302, location: `http://other.test:${web.port}/` });
    expect(await ask({ kind: 'http', url: redirect?.['location'] })).toMatchObject([{ status: 403 }]);
  });

  test('by a DNS answer that changes, or that is one of several', async () => {
    const addresses = ['127.0.0.1', '10.0.0.7', '169.254.169.254', '::1', '64:ff9b::7f00:1'];
    answers = Object.fromEntries(
      addresses.map((address, at) => [`a${at}.rebound.test`, ['8.8.8.8', address]]),
    );
    const urls = Object.keys(answers).map((name) => ({ kind: 'http', url: `http://${name}:${web.port}/` }));
    for (const outcome of await ask(...urls))
      expect(outcome).toMatchObject({ status: 403, body: expect.stringContaining('(private-address)') });
    answers = { 'allowed.test': ['169.254.169.254'] };
    expect(await ask({ kind: 'https', to: `allowed.test:${secure.port}` })).toEqual([
      { failed: 'private-address' },
    ]);
  });

  test('by a server name that is another one, missing, or below; by a Host header; by what is not TLS', async () => {
    const to = `allowed.test:${secure.port}`;
    const before = secure.connections();
    const outcomes = await ask(
      { kind: 'https', to, sni: 'other.test' },
      { kind: 'https', to, sni: 'a.allowed.test' },
      { kind: 'https', to, sni: '' },
      { kind: 'raw', to, text: `GET / HTTP/1.1\r\nHost: other.test\r\n\r\n` },
      { kind: 'raw', to, text: 'SSH-2.0-x\r\n' },
    );
    for (const outcome of outcomes.slice(0, 3)) expect(outcome).toEqual({ failed: 'alert access denied' });
    expect(outcomes[3]).toMatchObject({ back: expect.stringContaining('(other-server-name)') });
    expect(outcomes[4]).toMatchObject({ back: expect.stringContaining('400 Bad Request') });
    // Tunnels were opened to the allowed host, and not a byte went through.
    expect(secure.connections() - before).toBe(5);
    expect(events.filter(({ kind }) => kind === 'allowed')).toEqual([]);
    expect(refusals()).toHaveLength(5);
  });
});

describe('it ends', () => {
  const policy = { allow: [{ host: 'allowed.test' }] };

  test('with its sandbox, with its signal, and disposed, without a trace', async () => {
    await using own = await testSandbox(engine, image, { profile: 'hardened' });
    const first = await openProxy(own, policy);
    expect(first.port).toBe(3128);
    await using second = await openProxy(own, policy);
    expect(second.port).not.toBe(3128);
    await first[Symbol.asyncDispose]();
    expect(await first.ended).toBeUndefined();
    const abort = new AbortController();
    const third = await openProxy(own, policy, { signal: abort.signal });
    expect(third.port).toBe(3128);
    abort.abort(new Error('changed my mind'));
    expect(await third.ended).toBeUndefined();
    await until(
      async () => (await own.processes()).filter((line) => line.includes('input-type')).length === 1,
      5_000,
    );
    await own[Symbol.asyncDispose]();
    expect(await second.ended).toMatchObject({ code: 'sandbox-died' });
    await until(async () => (await containersOf(engine)).length === 1, 5_000);
  });

  test('before it began when the signal is aborted', async () => {
    await expect(openProxy(sandbox, policy, { signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow(
      'no',
    );
    const abort = new AbortController();
    const opening = openProxy(sandbox, policy, { signal: abort.signal });
    abort.abort(new Error('changed my mind'));
    await expect(opening).rejects.toThrow('changed my mind');
  });

  test('in a fault where the image has no Node, or its process is killed', async () => {
    await using own = await testSandbox(engine, image, { profile: 'service' });
    const withoutNode: Sandbox = Object.create(own, {
      pipe: { value: (command: string[]) => own.pipe(['env', 'PATH=/none', ...command]) },
      id: { value: own.id },
    });
    await expect(openProxy(withoutNode, policy)).rejects.toMatchObject({
      code: 'no-proxy',
      message: expect.stringContaining('127'),
    });
    await using killed = await openProxy(own, policy);
    await own.exec(['pkill', '-9', 'node'], { timeoutMs: 5_000 });
    expect(await killed.ended).toMatchObject({ code: 'no-proxy', message: expect.stringContaining('137') });
    await using again = await openProxy(own, policy);
    expect(again.env).toEqual(killed.env);
  });
});

test('50 downloads at once come back whole, while this process stays free', async () => {
  const size = 2 ** 19;
  const tasks = Array.from({ length: 50 }, (_, seed) =>
    seed % 2 === 0
      ? { kind: 'http', url: `http://allowed.test:${web.port}/bytes?seed=${seed}&bytes=${size}` }
      : { kind: 'https', to: `allowed.test:${secure.port}`, path: `/bytes?seed=${seed}&bytes=${size}` },
  );
  let outcomes: Record<string, unknown>[] = [];
  const turnMs = await longestTurnMs(async () => {
    outcomes = await ask(...tasks);
  });
  for (const [seed, outcome] of outcomes.entries())
    expect(outcome).toMatchObject({ status: 200, body: hashOf(bytesOf(seed, size)) });
  expect(turnMs).toBeLessThan(1_000);
});
