import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { addedBytes, containersOf, removeOwnImages, testEngine, withOwnOwner } from '../test-engine.ts';
import { bakeImage } from './bake-image.ts';
import { withImageLock } from './image-lock.ts';
import { listImages } from './list-images.ts';

let engine: Engine;
let from: string;
const silent = { progress: () => {} };

beforeAll(async () => {
  ({ engine, image: from } = await testEngine());
}, 900_000);

const ownEngine = () => withOwnOwner(engine);

describe('bakeImage', () => {
  test('makes an image once and finds it from then on', async () => {
    const own = ownEngine();
    const options = {
      name: 'test-bake',
      from,
      key: own.owner,
      labels: { extra: 'yes' },
      timeoutMs: 30_000,
      ...silent,
    };
    const first = await bakeImage(own, options, (sandbox) =>
      sandbox.writeFile('/store/made', Buffer.alloc(1_000_000)),
    );
    expect(first).toMatchObject({
      image: expect.stringMatching(/^whetstone\/test-bake:[0-9a-f]{12}$/),
      reused: false,
    });
    expect(await addedBytes(own, from, first.image)).toBeGreaterThanOrEqual(1_000_000);
    const again = await bakeImage(own, options, () => Promise.reject(new Error('not to be called')));
    expect(again).toEqual({ ...first, reused: true });
    expect(await listImages(own, own.owner)).toMatchObject([
      { tag: first.image, name: 'test-bake', owner: own.owner },
    ]);
    expect(await containersOf(own)).toEqual([]);
    expect(await removeOwnImages(own)).toEqual({ removed: [first.image], kept: [] });
  });

  test('makes one image when several ask at once, also from another process', async () => {
    const own = ownEngine();
    const options = { name: 'test-race', from, key: own.owner, timeoutMs: 30_000, ...silent };
    const folder = join(import.meta.dirname, '..');
    const script = `
      import { connectEngine } from ${JSON.stringify(join(folder, 'engine/engine.ts'))};
      import { bakeImage } from ${JSON.stringify(join(folder, 'images/bake-image.ts'))};
      const engine = await connectEngine({ owner: ${JSON.stringify(own.owner)} });
      const { image, reused } = await bakeImage(engine, { ...${JSON.stringify(options)}, progress: () => {} },
        (sandbox) => sandbox.exec(['sleep', '1'], { timeoutMs: 5000 }));
      console.log(JSON.stringify({ image, reused }));
    `;
    const elsewhere = execa(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: join(folder, '..'),
    });
    await new Promise((resolve) => setTimeout(resolve, 700));
    const here = [0, 1].map(() =>
      bakeImage(own, options, async (sandbox) => {
        await sandbox.exec(['sleep', '1'], { timeoutMs: 5_000 });
      }),
    );
    const all = [
      ...(await Promise.all(here)),
      JSON.parse((await elsewhere).stdout) as { image: string; reused: boolean },
    ];
    expect(new Set(all.map(({ image }) => image)).size).toBe(1);
    expect(all.filter(({ reused }) => !reused)).toHaveLength(1);
    expect((await removeOwnImages(own)).removed).toHaveLength(1);
  });

  test('leaves nothing when a step throws, and the error is the step’s own', async () => {
    const own = ownEngine();
    const failure = new Error('the step failed');
    const baking = bakeImage(
      own,
      { name: 'test-throws', from, key: own.owner, timeoutMs: 30_000, ...silent },
      async (sandbox) => {
        await sandbox.writeFile('/store/half', 'half');
        throw failure;
      },
    );
    await expect(baking).rejects.toBe(failure);
    expect(await containersOf(own)).toEqual([]);
    expect(await listImages(own, own.owner)).toEqual([]);
  });

  test('leaves nothing when it is aborted, and does not wait for the step that is on', async () => {
    const own = ownEngine();
    const abort = new AbortController();
    const options = {
      name: 'test-abort',
      from,
      key: own.owner,
      timeoutMs: 30_000,
      signal: abort.signal,
      ...silent,
    };
    const baking = bakeImage(own, options, async (sandbox) => {
      setTimeout(() => abort.abort(new Error('stopped by hand')), 200);
      await sandbox.exec(['sleep', '20'], { timeoutMs: 25_000 });
    });
    await expect(baking).rejects.toThrow('stopped by hand');
    expect(await containersOf(own)).toEqual([]);
    expect(await listImages(own, own.owner)).toEqual([]);
  }, 10_000);

  test('says so when what it starts from is missing', async () => {
    const baking = bakeImage(
      engine,
      { name: 'test', from: 'whetstone/none:none', key: '', timeoutMs: 1_000, ...silent },
      async () => {},
    );
    await expect(baking).rejects.toMatchObject({
      code: 'no-such-image',
      message: expect.stringContaining('whetstone/none:none'),
    });
  });
});

describe('withImageLock', () => {
  test('a process that dies with the lock lets the next one in; an abort ends the waiting', async () => {
    const name = randomUUID();
    const script = `
      import { withImageLock } from ${JSON.stringify(join(import.meta.dirname, 'image-lock.ts'))};
      await withImageLock({ id: ${JSON.stringify(engine.id)} }, ${JSON.stringify(name)}, { progress() {} }, () => {
        console.log('held');
        return new Promise((resolve) => setTimeout(resolve, 60000));
      });
    `;
    const holder = execa(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: join(import.meta.dirname, '../..'),
      reject: false,
    });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    const impatient = withImageLock(
      engine,
      name,
      { ...silent, signal: AbortSignal.timeout(200) },
      async () => 'in',
    );
    await expect(impatient).rejects.toMatchObject({ name: 'TimeoutError' });
    const said: string[] = [];
    const waiting = withImageLock(engine, name, { progress: (line) => said.push(line) }, async () => 'in');
    setTimeout(() => holder.kill('SIGKILL'), 200);
    expect(await waiting).toBe('in');
    expect(said).toEqual([expect.stringContaining('waiting for another process')]);
  });
});
