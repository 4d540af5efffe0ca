import { expect, test } from 'vitest';
import { Lanes } from './lanes.ts';

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
  const lanes = new Lanes(2);
  const gates = [gate(), gate(), gate()];
  const begun: number[] = [];
  const runs = gates.map(({ opened }, at) =>
    lanes.run(async () => {
      begun.push(at);
      await opened;
      if (at === 0) throw new Error('failed');
      return at;
    }),
  );
  await settle();
  expect(begun).toEqual([0, 1]);
  gates[0]?.open();
  await expect(runs[0]).rejects.toThrow('failed');
  await settle();
  expect(begun).toEqual([0, 1, 2]);
  gates[1]?.open();
  gates[2]?.open();
  expect(await Promise.all(runs.slice(1))).toEqual([1, 2]);
});

test('who measures waits until the others stand still, and they go on when it is done', async () => {
  const lanes = new Lanes(2);
  const log: string[] = [];
  const [work, measured] = [gate(), gate()];
  const other = lanes.run(async () => {
    await work.opened;
    log.push('other worked');
    await lanes.pass();
    log.push('other goes on');
  });
  const measuring = lanes.run(async () => {
    await lanes.alone(async () => {
      log.push('measuring');
      await measured.opened;
      log.push('measured');
    });
  });
  await settle();
  expect(log).toEqual([]);
  work.open();
  await settle();
  expect(log).toEqual(['other worked', 'measuring']);
  measured.open();
  await Promise.all([other, measuring]);
  expect(log).toEqual(['other worked', 'measuring', 'measured', 'other goes on']);
});

test('two that measure take turns, nothing begins meanwhile, and a failure ends the standstill', async () => {
  const lanes = new Lanes(3);
  const log: string[] = [];
  const measure = (name: string, fails = false) =>
    lanes.run(() =>
      lanes.alone(async () => {
        log.push(`${name} begins`);
        await settle();
        log.push(`${name} ends`);
        if (fails) throw new Error(name);
      }),
    );
  const [first, second] = [measure('first', true), measure('second')];
  const late = lanes.run(async () => {
    log.push('late');
  });
  await expect(first).rejects.toThrow('first');
  await Promise.all([second, late]);
  expect(log.filter((line) => line !== 'late')).toEqual([
    'first begins',
    'first ends',
    'second begins',
    'second ends',
  ]);
  expect(log.indexOf('late')).not.toBe(1);
});

test('a lane that never passes is waited for only so long', async () => {
  const lanes = new Lanes(2, 100);
  const work = gate();
  const busy = lanes.run(() => work.opened);
  const asked = performance.now();
  const measuredAt = await lanes.run(() => lanes.alone(async () => performance.now()));
  expect(measuredAt - asked).toBeGreaterThan(95);
  work.open();
  await busy;
});

test('outside of lanes nothing waits', async () => {
  const lanes = new Lanes(2);
  await lanes.pass();
  expect(await lanes.alone(async () => 7)).toBe(7);
});
