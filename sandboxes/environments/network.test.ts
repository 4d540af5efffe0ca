import { beforeAll, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import type { NetworkEvent } from '../network/network-log.ts';
import { startServer } from '../network/test-servers.ts';
import { until } from '../test-engine.ts';
import { leftovers, sh, testEngine, testEnvironment } from './test-environment.ts';

let engine: Engine;
let image: string;

beforeAll(async () => {
  ({ engine, image } = await testEngine());
}, 900_000);

const get = (url: string) =>
  `node -e "require('http').get({ host: '127.0.0.1', port: new URL(process.env.HTTP_PROXY).port, path: '${url}' }, (r) => { console.log(r.statusCode); r.destroy(); })"`;

test('an environment reaches the hosts that it was given, forked and after its proxy was killed, and no other', async () => {
  await using server = await startServer();
  const events: NetworkEvent[] = [];
  const network = {
    allow: [{ host: 'allowed.test', ports: [server.port], private: true }],
    lookup: async () => ['127.0.0.1'],
    env: {},
    onEvent: (event: NetworkEvent) => events.push(event),
  };
  {
    await using environment = await testEnvironment(engine, { image, network });
    const allowed = get(`http://allowed.test:${server.port}/`);
    const refused = get(`http://other.test:${server.port}/`);
    expect(await sh(environment, `${allowed}; ${refused}`)).toBe('200\n403\n');
    expect(events.map(({ kind, host }) => `${kind} ${host}`)).toContain('refused other.test');

    await using fork = await environment.fork('fork');
    expect(await sh(fork, `${allowed}; ${refused}`)).toBe('200\n403\n');

    await environment.exec(['sh', '-c', 'pkill -9 node'], { timeoutMs: 20_000 });
    await until(async () => {
      const again = await environment.exec(['sh', '-c', allowed], { timeoutMs: 20_000 });
      return again.stdout === '200\n';
    }, 30_000);
  }
  {
    await using closed = await testEnvironment(engine, { image });
    expect(
      await sh(closed, 'printenv HTTP_PROXY || echo none; cut -d: -f1 -s /proc/net/dev | tr -d " "'),
    ).toBe('none\nlo\n');
  }
  expect(await leftovers(engine)).toEqual([]);
}, 120_000);
