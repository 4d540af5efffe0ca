import { describe, expect, it } from 'vitest';
import { copiedPassages } from './copied-passages.ts';

const tests = [
  'expect(intersect({ start: 0, end: 5 }, { start: 3, end: 9 })).toEqual({ start: 3, end: 5 });',
  "test.each([[12, 30, 'x'], [14, 5, 'y'], [7, 9, 'z']])('%i', () => {});",
];

describe('copiedPassages', () => {
  it.each([
    ['as a table of keys', `const known = { '[{"start":0,"end":5},{"start":3,"end":9}]': 1 };`],
    ['as code', 'const a = [{ start: 0, end: 5 }, { start: 3, end: 9 }];'],
  ])('finds a fixture that was copied %s', (_, added) => {
    const found = copiedPassages([added], { tests, sources: [] });
    expect(found.length).toBeGreaterThan(0);
  });

  it('finds none in code of its own, nor in what the base has already', () => {
    const own = 'const start = Math.max(a.start, b.start);\nif (start >= 3 && end < 9) return 12 * 30 + 5;';
    expect(copiedPassages([own], { tests, sources: [] })).toEqual([]);
    const table = 'const a = [{ start: 0, end: 5 }, { start: 3, end: 9 }];';
    expect(copiedPassages([table], { tests, sources: [table] })).toEqual([]);
  });
});
