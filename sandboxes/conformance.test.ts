import { beforeAll, expect, test } from 'vitest';
import { conformance } from './conformance.ts';
import { dockerDriver } from './driver.ts';
import type { Engine } from './engine/engine.ts';
import { containersOf, testEngine, until } from './test-engine.ts';

let engine: Engine;
let image: string;

beforeAll(async () => {
  ({ engine, image } = await testEngine());
}, 900_000);

test.each(conformance)(
  '$name',
  async ({ run }) => {
    await run({ driver: dockerDriver(engine), image, ownKernel: false });
    await until(async () => (await containersOf(engine)).length === 0, 5_000);
    expect(await containersOf(engine)).toEqual([]);
  },
  120_000,
);
