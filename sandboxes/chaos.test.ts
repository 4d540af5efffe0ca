import { expect, test } from 'vitest';
import { testEngine } from './test-engine.ts';
import { killControllers } from './testing/chaos.ts';

test('controllers that are killed in the midst of their work leave nothing', async () => {
  const { engine, image } = await testEngine();
  const { kills, left } = await killControllers(engine, {
    image,
    kills: 10,
    random: Math.random,
    say: () => {},
  });
  expect(left, `killed at ${JSON.stringify(kills)}`).toEqual([]);
}, 300_000);
