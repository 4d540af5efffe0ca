import { mkdtemp, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { removeOwnImages, testEngine, testSandbox, withOwnOwner } from '../test-engine.ts';
import { bakeImage } from './bake-image.ts';
import { ensureSpace } from './disk-space.ts';
import { imageId } from './find-image.ts';
import { listImages } from './list-images.ts';
import { pruneImages } from './prune-images.ts';
import { surveyImages } from './survey-images.ts';
import { noteUse } from './usage.ts';

const MB = 2 ** 20;
const HOUR = 3_600_000;
let shared: Engine;
let from: string;
let folder: string;
let engine: Engine;

beforeAll(async () => {
  ({ engine: shared, image: from } = await testEngine());
  folder = await mkdtemp(join(tmpdir(), 'prune-test-'));
}, 900_000);
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  engine = {
    ...withOwnOwner(shared),
    keeping: { usageFolder: join(folder, 'use'), budgetBytes: 1024 * MB, needed: [] },
  };
});
afterEach(async () => {
  vi.useRealTimers();
  await removeOwnImages(engine);
  expect(await listImages(engine, engine.owner)).toEqual([]);
});

async function bake(name: string, base = from, on = engine): Promise<string> {
  const options = { name: `test-${name}`, from: base, key: engine.owner, timeoutMs: 60_000, progress };
  const { image } = await bakeImage(on, options, async (sandbox) => {
    await sandbox.exec(['head', '-c', String(2 * MB), '/dev/urandom'], { timeoutMs: 10_000 });
    await sandbox.writeFile('/store/filler', Buffer.alloc(2 * MB, name));
  });
  return image;
}

let said: string[] = [];
const progress = (line: string) => void said.push(line);
beforeEach(() => {
  said = [];
});

const useFile = (image: string) =>
  join(folder, 'use', encodeURIComponent(engine.id), encodeURIComponent(image));

test('over the budget what is unused goes, and never what runs, was created, is stood on or needed', async () => {
  const [running, created, needed, unused] = [
    await bake('running'),
    await bake('created'),
    await bake('needed'),
    await bake('unused'),
  ];
  const stoodOn = await bake('stood-on');
  const child = await bake('child', stoodOn);
  await using _sandbox = await testSandbox(engine, running);
  await using _other = await testSandbox(engine, child);
  const idle = await engine.docker.createContainer({ Image: created, Cmd: ['true'] });
  try {
    const terms = { budgetBytes: 0, needed: [needed], now: Date.now() + 2 * HOUR };
    const dry = await pruneImages(engine, { ...terms, dryRun: true });
    expect(await imageId(engine, unused)).toBeDefined();
    const { remove, keep, usedBytes } = await pruneImages(engine, terms);
    expect(dry.remove).toEqual(remove);
    expect(remove.map(({ tags }) => tags)).toEqual([[unused]]);
    expect(Object.fromEntries(keep.map(({ image, why }) => [image.tags[0], why]))).toEqual({
      [running]: 'container',
      [created]: 'container',
      [needed]: 'configuration',
      [stoodOn]: 'stood-on',
      [child]: 'container',
    });
    expect(await imageId(engine, unused)).toBeUndefined();
    for (const image of [running, created, needed, stoodOn, child])
      expect(await imageId(engine, image)).toBeDefined();
    // Each adds its 2 MB, whatever it stands on.
    expect(usedBytes.before / MB).toBeGreaterThan(11.9);
    expect(usedBytes.before / MB).toBeLessThan(15);
    expect(usedBytes.after).toBe(usedBytes.before - (remove[0]?.ownBytes ?? 0));
    await expect(stat(useFile(unused))).rejects.toThrow('ENOENT');
  } finally {
    await idle.remove();
  }
}, 90_000);

test('making an image over the budget removes what is unused for longest, and says so', async () => {
  const [first, second, third] = [await bake('first'), await bake('second'), await bake('third')];
  // A clock two hours ahead: what the engine says that it has just made was not used for long.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * HOUR });
  const keeping = { usageFolder: join(folder, 'use'), budgetBytes: 7 * MB, needed: [second] };
  const fourth = await bake('fourth', from, { ...engine, keeping });
  expect(said.filter((line) => line.includes('removed'))).toEqual([
    expect.stringMatching(
      /^images took \d+ MB of the 7 MB that they may: removed 1 that nothing uses, \d MB are left$/,
    ),
  ]);
  const there = await Promise.all([first, second, third, fourth].map((image) => imageId(engine, image)));
  expect(there.map((id) => id !== undefined)).toEqual([false, true, true, true]);
  // What another process of this owner must not take from this one counts as used.
  expect((await stat(useFile(second))).mtimeMs).toBeGreaterThan(0);
}, 60_000);

describe('the last use', () => {
  test('is noted when a sandbox opens, at most once a minute', async () => {
    const image = await bake('noted');
    expect((await surveyImages(engine)).find(({ tags }) => tags.includes(image))?.lastUsedAt).toBeNull();
    const before = Date.now();
    await (await testSandbox(engine, image))[Symbol.asyncDispose]();
    const { lastUsedAt } = (await surveyImages(engine)).find(({ tags }) => tags.includes(image)) ?? {};
    expect(lastUsedAt).toBeGreaterThan(before - 1_000);
    await noteUse(engine, image, Date.now() + 30_000);
    expect((await stat(useFile(image))).mtimeMs).toBe(lastUsedAt);
    await utimes(useFile(image), 1, 1);
    await noteUse(engine, image, Date.now() + 90_000);
    expect((await stat(useFile(image))).mtimeMs).toBeGreaterThan(before - 1_000);
  }, 60_000);

  test('is noted by many processes at once, and where it cannot be nothing fails', async () => {
    const images = Array.from({ length: 40 }, (_, at) => `whetstone/many:${at}`);
    const script = `
      import { noteUse } from ${JSON.stringify(join(import.meta.dirname, 'usage.ts'))};
      const engine = ${JSON.stringify({ id: engine.id, keeping: engine.keeping })};
      await Promise.all(${JSON.stringify(images)}.map((image) => noteUse(engine, image)));
    `;
    const run = () =>
      execa(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
        cwd: join(import.meta.dirname, '../..'),
      });
    await Promise.all([run(), run(), run()]);
    for (const image of images) expect((await stat(useFile(image))).size).toBe(0);
    const keeping = { usageFolder: '/dev/null/use', budgetBytes: 1, needed: [] };
    await noteUse({ ...engine, keeping }, 'whetstone/many:1');
  }, 30_000);
});

describe('a disk that is nearly full', () => {
  let small: string;
  beforeAll(async () => {
    small = await mkdtemp(join(tmpdir(), 'prune-test-disk-'));
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=100m', 'tmpfs', small]);
  });
  afterAll(async () => {
    await execa('umount', [small]);
    await rm(small, { recursive: true });
  });

  test('is told before an image is made, with folder, figures and next step; nothing is written', async () => {
    const full = { ...engine, dataFolder: small };
    await expect(bake('too-much', from, full)).rejects.toMatchObject({
      code: 'disk-nearly-full',
      message: expect.stringMatching(
        new RegExp(`100 MB are free at ${small}, .* test-too-much needs 256 MB beside a reserve of 5 MB`),
      ),
      hint: expect.stringContaining('whetstone images prune --all'),
    });
    expect(await listImages(engine, engine.owner)).toEqual([]);
  });

  test('is no matter where there is room beside the reserve, or where it cannot be seen', async () => {
    const look = (neededBytes: number, dataFolder: string | undefined) =>
      ensureSpace({ ...engine, dataFolder }, { neededBytes, what: 'it', progress });
    await look(94 * MB, small);
    await expect(look(96 * MB, small)).rejects.toMatchObject({ code: 'disk-nearly-full' });
    await look(2 ** 60, undefined);
  });
});
