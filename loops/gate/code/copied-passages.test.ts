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
    const found = copiedPassages({ added: [added], removed: [] }, { tests, sources: [] });
    expect(found.length).toBeGreaterThan(0);
  });

  it('finds none in code of its own, nor in what the base has already', () => {
    const own = 'const start = Math.max(a.start, b.start);\nif (start >= 3 && end < 9) return 12 * 30 + 5;';
    expect(copiedPassages({ added: [own], removed: [] }, { tests, sources: [] })).toEqual([]);
    const table = 'const a = [{ start: 0, end: 5 }, { start: 3, end: 9 }];';
    expect(copiedPassages({ added: [table], removed: [] }, { tests, sources: [table] })).toEqual([]);
  });

  it('takes a table that a patch mends for no copy of the table in a test', () => {
    const table = 'const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];';
    const inTest = { tests: [table.replace('DAYS', 'expected')], sources: [] };
    const off = table.replace('28', '29');
    const short = table.replace('31, 31, ', '31, ');
    for (const removed of [off, short])
      expect(copiedPassages({ added: [table], removed: [removed] }, inTest)).toEqual([]);
    expect(copiedPassages({ added: [table], removed: ['const DAYS = [];'] }, inTest)).not.toEqual([]);
  });

  it('finds the long numbers of a test, unless the code had them', () => {
    const inTest = { tests: ['test.each([[7919, 104729, 61500]])'], sources: [] };
    const added = 'known.set(key(25000, 7919, 104_729, 61500), 3);';
    expect(copiedPassages({ added: [added], removed: [] }, inTest)).toEqual([
      'the numbers 7919, 104729, 61500',
    ]);
    expect(copiedPassages({ added: [added], removed: [] }, { ...inTest, sources: ['7919 + 1'] })).toEqual([]);
  });
});
