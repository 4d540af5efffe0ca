import { expect, test } from 'vitest';
import { createLanes, share } from './lanes.ts';

/** Lets everything happen that waits for nothing but promises. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

const gate = () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
};

test('at most so many bodies run, first come, first served, and one that fails gives its lane back', async () => {
  const lane = createLanes(2);
  const gates = [gate(), gate(), gate(), gate()];
  const begun: [number, number][] = [];
  const runs = gates.map(({ opened }, at) =>
    lane(async (own) => {
      begun.push([at, own]);
      await opened;
      if (at === 0) throw new Error('failed');
      return at;
    }),
  );
  await settle();
  expect(begun).toEqual([
    [0, 0],
    [1, 1],
  ]);
  gates[0]?.open();
  await expect(runs[0]).rejects.toThrow('failed');
  await settle();
  expect(begun.at(-1)).toEqual([2, 0]);
  gates[1]?.open();
  await settle();
  expect(begun.at(-1)).toEqual([3, 1]);
  gates[2]?.open();
  gates[3]?.open();
  expect(await Promise.all(runs.slice(1))).toEqual([1, 2, 3]);
});

test('lanes share the CPUs, and have all of them where there are too few', () => {
  expect([share([0, 1], 0, 2), share([0, 1], 1, 2)]).toEqual([[0], [1]]);
  expect([share([0, 1, 2, 5, 7], 0, 2), share([0, 1, 2, 5, 7], 1, 2)]).toEqual([
    [0, 2, 7],
    [1, 5],
  ]);
  expect([share([3], 0, 2), share([3], 1, 2)]).toEqual([[3], [3]]);
});
