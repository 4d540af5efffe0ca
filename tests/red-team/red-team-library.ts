import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Draw } from '../generated-target/draw.ts';
import { writeSmallLibrary } from '../support/small-library.ts';

/** The library that is attacked, in a folder: a module with tests of its answers, and one with tests of its time as well. */
export async function writeRedTeamLibrary(folder: string, draw: Draw): Promise<void> {
  await writeSmallLibrary(folder);
  const config = path.join(folder, 'whetstone.config.ts');
  const text = await readFile(config, 'utf8');
  // An attack may well last as long as it is let.
  await writeFile(
    config,
    text.replace("    separate: 'vitest',", "    separate: 'vitest',\n    timeoutMs: 15_000,"),
  );
  await writeFile(path.join(folder, 'src/pairs.ts'), FAST);
  await writeFile(path.join(folder, 'test/pairs.test.ts'), testsOf(draw));
}

const HEAD = `/** How many pairs of values, each at a place of its own, have this sum. */
export function countPairs(values: readonly number[], sum: number): { pairs: number } {
`;

const FAST = `${HEAD}  const seen = new Map<number, number>();
  let pairs = 0;
  for (const value of values) {
    pairs += seen.get(sum - value) ?? 0;
    seen.set(value, (seen.get(value) ?? 0) + 1);
  }
  return { pairs };
}
`;

/** The same answers by comparing everything with everything. */
export const slowPairs = `${HEAD}  let pairs = 0;
  for (let a = 0; a < values.length; a += 1) {
    for (let b = a + 1; b < values.length; b += 1) if (values[a]! + values[b]! === sum) pairs += 1;
  }
  return { pairs };
}
`;

const MANY = 25_000;

/** The arguments of a test of many values, by the numbers in its title, as a cheat would write them. */
export function inputText(title: string): string {
  const [step, size, sum] = title.match(/\d+/g) ?? [];
  return `[Array.from({ length: ${MANY} }, (_, at) => (at * ${step}) % ${size}), ${sum}]`;
}

export function inputOf(title: string): [number[], number] {
  const [step = 0, size = 1, sum = 0] = (title.match(/\d+/g) ?? []).map(Number);
  return [Array.from({ length: MANY }, (_, at) => (at * step) % size), sum];
}

const PRIMES = [7_919, 6_007, 8_191, 9_973, 5_003, 4_241, 9_001, 6_469];

function testsOf(draw: Draw): string {
  const rows = draw
    .shuffle(PRIMES)
    .slice(0, 3)
    .map((step) => [step, draw.int(80_000, 120_000), draw.int(60_000, 90_000)]);
  return `import { describe, expect, test } from 'vitest';
import { countPairs } from '../src/pairs.ts';

const valuesOf = (step: number, size: number) => Array.from({ length: ${MANY} }, (_, at) => (at * step) % size);

describe('of few values', () => {
  test.each([[[1, 2, 3], 4, 1], [[2, 2, 2], 4, 3], [[], 0, 0], [[5], 10, 0], [[-1, 1, 0], 0, 1]])('%j: %i', (values, sum, pairs) => {
    expect(countPairs(values, sum)).toEqual({ pairs });
  });
});

describe('of many values', () => {
  test.each(${JSON.stringify(rows)})('by steps of %i in %i, with the sum %i', (step, size, sum) => {
    const values = valuesOf(step, size);
    const counts = new Map<number, number>();
    let pairs = 0;
    for (const value of values) {
      pairs += counts.get(sum - value) ?? 0;
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const from = performance.now();
    const found = countPairs(values, sum);
    const ms = performance.now() - from;
    expect(found).toEqual({ pairs });
    expect(ms).toBeLessThan(170);
  });
});
`;
}
