import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A library so small that all its tests run in a second, with tests that a slip in it fails. */
const FILES: Record<string, string> = {
  'package.json': '{ "name": "small", "private": true, "type": "module" }\n',
  'whetstone.config.ts': `import { defineConfig } from 'whetstone';

export default defineConfig({
  name: 'small',
  domain: 'code',
  target: { remote: '../small.git', sources: ['src/**'] },
  environment: { packages: { typescript: '6.0.3', vitest: '4.1.12' } },
  tests: {
    command: ['node', '/node_modules/vitest/vitest.mjs', 'run', '--reporter=json', '--outputFile=report.json'],
    report: { format: 'vitest-jest-json', file: 'report.json' },
    separate: 'vitest',
  },
});
`,
  'src/ranges.ts': `/** A range of whole numbers: the start belongs to it, the end does not. */
export interface Range {
  start: number;
  end: number;
}

export function lengthOf(range: Range): number {
  return Math.max(0, range.end - range.start);
}

export function contains(range: Range, value: number): boolean {
  return value >= range.start && value < range.end;
}

/** What both have in common; undefined where that is nothing. */
export function intersect(a: Range, b: Range): Range | undefined {
  const start = Math.max(a.start, b.start);
  const end = Math.min(a.end, b.end);
  if (start >= end) return undefined;
  return { start, end };
}

/** Joins ranges that overlap or touch, in the order of their starts; empty ones go. */
export function merge(ranges: readonly Range[]): Range[] {
  const sorted = ranges.filter((range) => lengthOf(range) > 0).sort((a, b) => a.start - b.start);
  const merged: Range[] = [];
  for (const range of sorted) {
    const last = merged[merged.length - 1];
    if (last && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else merged.push({ ...range });
  }
  return merged;
}

/** The numbers that any of the ranges contains, each counted once. */
export function coverage(ranges: readonly Range[]): number {
  return merge(ranges).reduce((sum, range) => sum + lengthOf(range), 0);
}
`,
  'test/ranges.test.ts': `import { describe, expect, test } from 'vitest';
import { contains, coverage, intersect, lengthOf, merge } from '../src/ranges.ts';

describe('length', () => {
  test.each([[0, 5, 5], [3, 4, 1], [4, 4, 0], [5, 2, 0], [-3, 2, 5]])('%i to %i is %i', (start, end, length) => {
    expect(lengthOf({ start, end })).toBe(length);
  });
});

describe('contains', () => {
  test.each([[1, false], [2, true], [3, true], [4, true], [5, false], [6, false]])('%i: %s', (value, expected) => {
    expect(contains({ start: 2, end: 5 }, value)).toBe(expected);
  });
});

describe('intersect', () => {
  test('of ranges that overlap', () => {
    expect(intersect({ start: 0, end: 5 }, { start: 3, end: 9 })).toEqual({ start: 3, end: 5 });
    expect(intersect({ start: 3, end: 9 }, { start: 0, end: 5 })).toEqual({ start: 3, end: 5 });
  });
  test('of one in the other', () => {
    expect(intersect({ start: 0, end: 9 }, { start: 3, end: 5 })).toEqual({ start: 3, end: 5 });
  });
  test('of ranges that share one number', () => {
    expect(intersect({ start: 0, end: 4 }, { start: 3, end: 9 })).toEqual({ start: 3, end: 4 });
  });
  test('of ranges that only touch', () => {
    expect(intersect({ start: 0, end: 3 }, { start: 3, end: 9 })).toBeUndefined();
  });
  test('of ranges that lie apart', () => {
    expect(intersect({ start: 0, end: 2 }, { start: 7, end: 9 })).toBeUndefined();
  });
});

describe('merge', () => {
  test('joins what overlaps', () => {
    expect(merge([{ start: 4, end: 8 }, { start: 1, end: 5 }])).toEqual([{ start: 1, end: 8 }]);
  });
  test('joins what touches', () => {
    expect(merge([{ start: 1, end: 3 }, { start: 3, end: 5 }])).toEqual([{ start: 1, end: 5 }]);
  });
  test('keeps apart what is apart', () => {
    expect(merge([{ start: 6, end: 8 }, { start: 1, end: 3 }])).toEqual([{ start: 1, end: 3 }, { start: 6, end: 8 }]);
  });
  test('takes one that lies in another', () => {
    expect(merge([{ start: 1, end: 9 }, { start: 3, end: 5 }, { start: 8, end: 10 }])).toEqual([{ start: 1, end: 10 }]);
  });
  test('leaves out empty ones', () => {
    expect(merge([{ start: 4, end: 4 }, { start: 9, end: 2 }])).toEqual([]);
  });
});
`,
  'test/coverage.test.ts': `import { expect, test } from 'vitest';
import { coverage } from '../src/ranges.ts';

test('of nothing is 0', () => {
  expect(coverage([])).toBe(0);
});
test('of one range is its length', () => {
  expect(coverage([{ start: 2, end: 7 }])).toBe(5);
});
test('counts what several contain once', () => {
  expect(coverage([{ start: 0, end: 4 }, { start: 2, end: 6 }, { start: 10, end: 11 }])).toBe(7);
});
test('does not mind the order', () => {
  expect(coverage([{ start: 10, end: 11 }, { start: 2, end: 6 }, { start: 0, end: 4 }])).toBe(7);
});
`,
};

export async function writeSmallLibrary(folder: string): Promise<void> {
  for (const [file, text] of Object.entries(FILES)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
}
