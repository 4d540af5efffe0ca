import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { thisController } from '../containers/labels.ts';
import type { Engine } from '../engine/engine.ts';
import {
  containersOf,
  ownTemporaryFolders,
  removeOwnImages,
  testEngine,
  testSandbox,
  withOwnOwner,
} from '../test-engine.ts';
import { ensureDebianBase } from './debian-base.ts';
import { ensureImage } from './ensure-image.ts';
import { listImages } from './list-images.ts';
import { postgres15 } from './postgres-15.ts';
import { sweepTemporaryFolders, temporaryFolder } from './temporary-folder.ts';

let engine: Engine;
let from: string;
const silent = { progress: () => {} };

beforeAll(async () => {
  ({ engine, image: from } = await testEngine());
}, 900_000);

const ownEngine = () => withOwnOwner(engine);

describe('ensureImage', () => {
  test('finds the image that is there, at once', async () => {
    const started = performance.now();
    expect(await ensureImage(engine, postgres15, silent)).toBe(from);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('leaves nothing when a step of the recipe fails, and tells which', async () => {
    const own = ownEngine();
    const broken = {
      ...postgres15,
      name: 'test-broken',
      rootScript: 'echo half > /half; echo it broke >&2; exit 9',
    };
    await expect(ensureImage(own, broken, silent)).rejects.toMatchObject({
      code: 'image-failed',
      message: expect.stringMatching(/test-broken ended with 9: it broke/),
    });
    expect(await containersOf(own)).toEqual([]);
    expect(await listImages(own, own.owner)).toEqual([]);
  });

  test('installs onto the official image where there is one, by apt-get over the bridge', async () => {
    const own = ownEngine();
    // Our own Debian stands in for the registry's, which not every machine reaches.
    const registryImage = (await listImages(own)).find(({ name }) => name === 'debian')?.tag ?? '';
    const debian = { ...postgres15.debian, registryImage, packages: ['hello'], files: {} };
    const image = await ensureDebianBase(own, debian, silent);
    await using sandbox = await testSandbox(own, image);
    expect((await sandbox.exec(['hello'], { timeoutMs: 5_000 })).stdout).toBe('Hello, world!\n');
    expect((await sandbox.exec(['find', '/usr/share/man', '-type', 'f'], { timeoutMs: 5_000 })).stdout).toBe(
      '',
    );
    await sandbox[Symbol.asyncDispose]();
    expect(await removeOwnImages(own)).toEqual({ removed: [image], kept: [] });
  }, 120_000);

  test('leaves nothing when Debian has no such suite', async () => {
    const own = ownEngine();
    const debian = { ...postgres15.debian, suite: 'no-such-suite', registryImage: 'localhost:1/none:none' };
    await expect(ensureImage(own, { ...postgres15, debian }, silent)).rejects.toMatchObject({
      code: 'base-failed',
      message: expect.stringContaining('no-such-suite'),
    });
    const owned = { label: [`dev.whetstone.owner=${own.owner}`] };
    expect(await own.docker.listImages({ all: true, filters: owned })).toEqual([]);
    expect(await ownTemporaryFolders()).toEqual([]);
  });
});

test('temporary folders of a dead process are swept, those of a living one are not', async () => {
  await using living = await temporaryFolder();
  const dead = join(
    tmpdir(),
    `whetstone-tmp-${thisController().replaceAll('/', '_').replace(/\d+$/, '1')}_x`,
  );
  await mkdir(join(dead, 'deep'), { recursive: true });
  await sweepTemporaryFolders();
  expect(existsSync(dead)).toBe(false);
  expect(existsSync(living.path)).toBe(true);
});
