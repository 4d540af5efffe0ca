import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { containersOf, until } from '../test-engine.ts';
import { Environments } from './environments.ts';
import { leftovers, testEngine, testEnvironment } from './test-environment.ts';

let engine: Engine;
let image: string;

beforeAll(async () => {
  ({ engine, image } = await testEngine());
}, 900_000);
afterAll(async () => {
  expect(await leftovers(engine)).toEqual([]);
});

/** Has a working directory in the image: nothing to make before. */
const workdir = '/target';

describe('an environment ends', () => {
  test('when nothing was done in it for a while, and not while a command runs', async () => {
    await using environment = await testEnvironment(engine, { image, workdir, idleMs: 700 });
    const done = await environment.exec(['sleep', '1.5']);
    expect(done).toMatchObject({ outcome: 'completed', exitCode: 0 });
    const background = await environment.start(['sleep', '1.5']);
    await sleep(1_000);
    expect((await environment.exec(['true'])).exitCode).toBe(0);
    await background.wait();
    expect(await environment.ended).toBe('idle');
    await expect(environment.exec(['true'])).rejects.toMatchObject({
      code: 'environment-ended',
      message: expect.stringContaining('nothing was done in it for too long'),
      hint: expect.stringContaining('No snapshot was made'),
    });
    await until(async () => (await containersOf(engine)).length === 0, 5_000);
  });

  test('when its time is over, though a command runs, and says which snapshot there is', async () => {
    await using environment = await testEnvironment(engine, { image, workdir, ttlMs: 4_000, snapshotMs: 1 });
    const snapshot = await environment.snapshot();
    const running = await environment.start(['sleep', '60']);
    const waiting = running.wait();
    await expect(waiting).rejects.toMatchObject({ code: 'environment-ended' });
    expect(running.status()).toMatchObject({ state: 'ended', result: undefined });
    await expect(environment.readFile('x')).rejects.toMatchObject({
      message: expect.stringContaining('its time was over'),
      hint: `Restore its last snapshot, ${snapshot.id}.`,
    });
    expect(() => environment.extend(1)).toThrow('its time was over');
    await engine.docker.getImage(snapshot.image).remove();
  });

  test('later when it is extended, up to its longest lifetime', async () => {
    await using environment = await testEnvironment(engine, {
      image,
      workdir,
      ttlMs: 2_000,
      maxLifetimeMs: 60_000,
    });
    const first = environment.endsAt;
    const moved = environment.extend(20_000);
    expect(moved).toBe(environment.endsAt);
    expect(moved - first).toBeGreaterThan(10_000);
    expect(environment.extend(1)).toBe(moved);
    const most = environment.extend(3_600_000);
    expect(most).toBe(environment.extend(7_200_000));
    expect(most - Date.now()).toBeLessThanOrEqual(60_000);
    await sleep(first - Date.now() + 300);
    expect((await environment.exec(['true'])).exitCode).toBe(0);
  });

  test('when its first process is killed from inside', async () => {
    await using environment = await testEnvironment(engine, { image, workdir });
    await expect(environment.exec(['sh', '-c', 'kill -9 -1; sleep 5'])).rejects.toMatchObject({
      code: 'sandbox-died',
    });
    expect(await environment.ended).toBe('died');
    await expect(environment.listFiles()).rejects.toMatchObject({ code: 'environment-ended' });
  });

  test('when it is closed, also twice', async () => {
    const environment = await testEnvironment(engine, { image, workdir });
    await Promise.all([environment[Symbol.asyncDispose](), environment[Symbol.asyncDispose]()]);
    await expect(environment.diff()).rejects.toMatchObject({ code: 'environment-ended' });
  });

  test('before it began where it is opened with what cannot be', async () => {
    const wrong = [
      { name: '../x' },
      { workdir: 'relative' },
      { workdir: '/' },
      { workdir: '/etc', profile: 'hardened' as const },
    ];
    for (const options of wrong)
      await expect(testEnvironment(engine, { image, ...options })).rejects.toMatchObject({
        code: 'bad-environment',
      });
    await expect(testEnvironment(engine, { image: 'whetstone/none:none' })).rejects.toMatchObject({
      code: 'no-such-image',
    });
    const signal = AbortSignal.abort(new Error('before'));
    await expect(testEnvironment(engine, { image, signal })).rejects.toThrow('before');
    expect(await containersOf(engine)).toEqual([]);
  });
});

describe('the environments of a server', () => {
  test('are found by name, bounded, and closed with it', async () => {
    const environments = new Environments(engine, { most: 2 });
    const open = (name: string) => environments.open({ name, image, workdir, purpose: 'test' });
    const [a] = await Promise.all([open('a'), open('b')]);
    expect(await environments.get('a')).toBe(a);
    expect((await environments.list()).map(({ name }) => name)).toEqual(['a', 'b']);
    await expect(open('a')).rejects.toMatchObject({ code: 'name-taken' });
    await expect(open('c')).rejects.toMatchObject({ code: 'too-many-environments' });
    await expect(environments.get('c')).rejects.toMatchObject({ code: 'no-such-environment' });
    await environments.close('b');
    await (await environments.fork('a', 'c')).writeFile('only-in-c', 'c');
    expect((await environments.list()).map(({ name }) => name)).toEqual(['a', 'c']);
    await environments[Symbol.asyncDispose]();
    expect(await environments.list()).toEqual([]);
    await expect(open('d')).rejects.toMatchObject({ code: 'environments-closed' });
  });
});
