/**
 * What it costs to run tests in one process and the code they test in another, on this machine.
 *
 *     node --import tsx bench/separate-tests.ts
 *
 * Microseconds of a call are medians over rounds in one test file. Milliseconds of a file are the difference between runs of
 * three files and of one, best of three: what starts once for all files is in neither.
 */

import { readFile, rm } from 'node:fs/promises';
import {
  runSeparate,
  runTogether,
  type TestTarget,
  writeTarget,
} from '../loops/verify/separate/testing/run-tests.ts';

const library = `
export const add = (a: number, b: number) => a + b;
export const twice = (f: (x: number) => number) => f(1);
export const half = async (x: number) => x / 2;
export const list = (n: number) => Array.from({ length: n }, (_, at) => ({ id: at, name: 'row ' + at }));
export class Box { value = 1; get() { return this.value; } }`;

const timings = `
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { add, Box, half, list, twice } from '../src/library';
const results: Record<string, number> = {};
async function time(name: string, times: number, run: () => unknown) {
  for (let at = 0; at < times; at += 1) await run();
  const rounds: number[] = [];
  for (let round = 0; round < 15; round += 1) {
    const from = performance.now();
    for (let at = 0; at < times; at += 1) { const one = run(); if (one instanceof Promise) await one; }
    rounds.push((1000 * (performance.now() - from)) / times);
  }
  results[name] = rounds.sort((a, b) => a - b)[7]!;
}
test('times', async () => {
  const box = new Box();
  await time('a call of a function', 200, () => add(1, 2));
  await time('a call of a method', 100, () => box.get());
  await time('a call that calls back', 100, () => twice((x) => x));
  await time('an asynchronous call, awaited', 100, () => half(1));
  await time('1,000 rows of two fields', 5, () => list(1000));
  writeFileSync('timings.json', JSON.stringify(results));
  expect(add(1, 2)).toBe(3);
}, 60_000);`;

const empty = `import { expect, test } from 'vitest';
import { add } from '../src/library';
test('adds', () => { expect(add(1, 2)).toBe(3); });`;

const runs = { together: runTogether, separate: runSeparate };
type Way = keyof typeof runs;

await printTimes();
await printStarts();

async function printTimes(): Promise<void> {
  await withTarget({ 'src/library.ts': library, 'tests/times.test.ts': timings }, async (target) => {
    const times = { together: {}, separate: {} } as Record<Way, Record<string, number>>;
    for (const way of ['together', 'separate'] as const) {
      await runs[way](target);
      const folder = way === 'together' ? target.whole : target.tests;
      times[way] = JSON.parse(await readFile(`${folder}/timings.json`, 'utf8'));
    }
    for (const [name, us] of Object.entries(times.separate))
      console.log(`${name}: ${us.toFixed(0)} µs, in one process ${times.together[name]?.toFixed(2)} µs`);
  });
}

async function printStarts(): Promise<void> {
  const best = async (way: Way, count: number) => {
    const names = Array.from({ length: count }, (_, at) => [`tests/file-${at}.test.ts`, empty]);
    return withTarget({ 'src/library.ts': library, ...Object.fromEntries(names) }, async (target) => {
      let ms = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 3; round += 1) {
        const from = performance.now();
        await runs[way](target);
        ms = Math.min(ms, performance.now() - from);
      }
      return ms;
    });
  };
  for (const way of ['together', 'separate'] as const) {
    const [one, three] = [await best(way, 1), await best(way, 3)];
    const fileMs = (three - one) / 2;
    console.log(`${way}: a run of one file ${one.toFixed(0)} ms, each file more ${fileMs.toFixed(0)} ms`);
  }
}

async function withTarget<T>(
  files: Record<string, string>,
  use: (target: TestTarget) => Promise<T>,
): Promise<T> {
  const target = await writeTarget(files, '{ test: { fileParallelism: false } }');
  try {
    return await use(target);
  } finally {
    await rm(target.root, { recursive: true, force: true });
  }
}
