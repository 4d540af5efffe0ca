import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { containersOf } from '../test-engine.ts';
import { type PrivateEngine, startPrivateEngine } from '../testing/private-engine.ts';
import { importSmallImage } from '../testing/small-image.ts';
import { bakeImage } from './bake-image.ts';
import { listImages } from './list-images.ts';

let own: PrivateEngine;
let engine: Engine;

beforeAll(async () => {
  own = await startPrivateEngine({ diskBytes: 120 * 2 ** 20 });
  engine = await own.connect();
}, 90_000);

afterAll(async () => {
  await own[Symbol.asyncDispose]();
});

test('a disk that fills up while an image is made is one clear fault, and nothing half-made stays', async () => {
  const from = await importSmallImage(engine);
  const baking = bakeImage(
    engine,
    { name: 'test-full', from, key: '', root: true, neededBytes: 0, timeoutMs: 60_000, progress: () => {} },
    async (sandbox) => {
      const written = await sandbox.exec(['sh', '-c', 'head -c 70000000 /dev/urandom > /big'], {
        timeoutMs: 30_000,
      });
      expect(written).toMatchObject({ exitCode: 0 });
    },
  );
  await expect(baking).rejects.toMatchObject({
    name: 'SandboxFault',
    code: 'disk-full',
    message: expect.stringContaining('no space left on device'),
    hint: expect.stringContaining('Free some space'),
  });
  expect(await containersOf(engine)).toEqual([]);
  expect(await listImages(engine)).toEqual([]);
  expect(await engine.docker.listImages({ all: true })).toHaveLength(1);
}, 90_000);
