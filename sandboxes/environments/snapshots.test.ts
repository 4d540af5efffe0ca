import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { reap } from '../reap.ts';
import { containersOf, until, withOwnOwner } from '../test-engine.ts';
import type { Environment } from './environment.ts';
import { restoreEnvironment } from './open-environment.ts';
import { listSnapshots, removeSnapshot } from './snapshots.ts';
import { leftovers, sh, tarOf, testEngine, testEnvironment } from './test-environment.ts';

let engine: Engine;
let image: string;
let files: Buffer;

beforeAll(async () => {
  ({ engine, image } = await testEngine());
  files = await tarOf('echo begun > file; echo same > other');
}, 900_000);
afterAll(async () => {
  expect(await leftovers(engine)).toEqual([]);
});

const restore = (own: Engine, id: string): Promise<Environment> =>
  restoreEnvironment(own, id, { name: 'restored', purpose: 'test', maxLifetimeMs: 300_000 });

const changed = async (environment: Environment) =>
  (await environment.diff()).patch.toString().match(/^[+-][^+-].*$/gm);

describe('snapshots', () => {
  test('keep the disk as it was, are listed, and are the start of nothing: a diff goes back to the first', async () => {
    await using environment = await testEnvironment(engine, { image, files, name: 'origin' });
    await sh(environment, 'echo one > file');
    const first = await environment.snapshot('before the second');
    await sh(environment, 'echo two > file');
    const second = await environment.snapshot();
    expect(first).toMatchObject({
      environment: 'origin',
      label: 'before the second',
      parent: undefined,
      workdir: '/work',
    });
    expect(second.parent).toBe(first.id);
    expect(await listSnapshots(engine, 'origin')).toEqual([second, first]);
    expect(await listSnapshots(engine, 'another')).toEqual([]);
    expect(await listSnapshots(withOwnOwner(engine))).toEqual([]);

    await using restored = await restore(engine, first.id);
    expect(await sh(restored, 'cat file')).toBe('one\n');
    expect(await changed(restored)).toEqual(['-begun', '+one']);
    expect((await restored.snapshot()).parent).toBe(first.id);
    expect(await removeSnapshot(engine, second.id)).toBe(true);
    await expect(restore(engine, second.id)).rejects.toMatchObject({ code: 'no-such-snapshot' });
    await restored[Symbol.asyncDispose]();
    for (const { id } of await listSnapshots(engine)) expect(await removeSnapshot(engine, id)).toBe(true);
  });

  test('two forks go their own ways', async () => {
    await using environment = await testEnvironment(engine, { image, files, env: { WHO: 'all' } });
    await sh(environment, 'echo trunk > file');
    await using left = await environment.fork('left');
    await using right = await environment.fork('right');
    await Promise.all([
      sh(left, 'echo $WHO left > file'),
      sh(right, 'echo $WHO right > other'),
      sh(environment, 'rm other'),
    ]);
    expect(await sh(left, 'cat file other')).toBe('all left\nsame\n');
    expect(await sh(right, 'cat file other')).toBe('trunk\nall right\n');
    expect(await sh(environment, 'cat file; ls')).toBe('trunk\nfile\n');
    expect(await changed(left)).toEqual(['-begun', '+all left']);
    expect(await changed(right)).toEqual(['-begun', '+trunk', '-same', '+all right']);
  });

  test('outlive a controller that is killed, and are restored by another process', async () => {
    const own = withOwnOwner(engine);
    const script = `
      import { connectEngine } from ${JSON.stringify(join(import.meta.dirname, '../engine/engine.ts'))};
      import { openEnvironment } from ${JSON.stringify(join(import.meta.dirname, 'open-environment.ts'))};
      const engine = await connectEngine({ owner: ${JSON.stringify(own.owner)} });
      const files = Buffer.from(${JSON.stringify(files.toString('base64'))}, 'base64');
      const environment = await openEnvironment(engine, { image: ${JSON.stringify(image)}, files, name: 'crash', purpose: 'test' });
      await environment.writeFile('work', 'done');
      const { id } = await environment.snapshot();
      await environment.writeFile('work', 'lost');
      console.log(id);
      await environment.exec(['sleep', '600']);
    `;
    const child = execa(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: join(import.meta.dirname, '..', '..'),
      reject: false,
    });
    const id = String((await once(child.stdout, 'data'))[0]).trim();
    child.kill('SIGKILL');
    await child;
    await until(async () => (await containersOf(own)).length === 0, 5_000);
    await reap(own, { owner: own.owner });
    expect((await listSnapshots(own)).map((snapshot) => snapshot.id)).toEqual([id]);
    const restored = await restore(own, id);
    expect(await sh(restored, 'cat file work')).toBe('begun\ndone');
    expect(await changed(restored)).toEqual(['+done']);
    await restored[Symbol.asyncDispose]();
    // The image with the first tree went with nobody: it expires as snapshots do.
    expect((await reap(own, { owner: own.owner, now: Date.now() + 8 * 24 * 3_600_000 })).images).toBe(2);
    expect(await leftovers(own)).toEqual([]);
  });

  test('expire: the reaper takes them, and leaves those in use and images made of them', async () => {
    const own = withOwnOwner(engine);
    const environment = await testEnvironment(own, { image, workdir: '/target', snapshotMs: 60_000 });
    const [used, unused] = [await environment.snapshot('used'), await environment.snapshot('unused')];
    const restored = await restore(own, used.id);
    const made = `whetstone/test:${randomUUID()}`;
    await restored.sandbox.commit(made, { labels: {} });
    const later = Date.now() + 120_000;
    expect((await reap(own, { owner: own.owner })).images).toBe(0);
    expect((await reap(own, { owner: own.owner, now: later })).images).toBe(1);
    expect((await listSnapshots(own)).map(({ id }) => id)).toEqual([used.id]);
    await expect(restore(own, unused.id)).rejects.toMatchObject({ code: 'no-such-snapshot' });
    await environment[Symbol.asyncDispose]();
    await restored[Symbol.asyncDispose]();
    expect((await reap(own, { owner: own.owner, now: later })).images).toBe(1);
    expect(await leftovers(own)).toEqual([made]);
    await engine.docker.getImage(made).remove();
  });

  test('hold what was written, but no tmpfs', async () => {
    await using environment = await testEnvironment(engine, { image, workdir: '/target' });
    await sh(environment, 'echo disk > disk; echo memory > /dev/shm/memory');
    await using fork = await environment.fork('fork');
    expect(await sh(fork, 'cat disk; ls /dev/shm')).toBe('disk\n');
  });
});
