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

  const found = (added: string, inTests: string, removed: string[] = []) =>
    copiedPassages({ added: [added], removed }, { tests: [inTests], sources: [] });

  it('takes eight words in a row of which three are numbers, and neither fewer words nor fewer numbers', () => {
    expect(found('f 1 g 2 h 3 i j', 'f 1 g 2 h 3 i j')).toEqual(['f 1 g 2 h 3 i j']);
    expect(found('1 g 2 h 3 i j', '1 g 2 h 3 i j')).toEqual([]);
    expect(found('f 1 g 2 h k i j', 'f 1 g 2 h k i j')).toEqual([]);
    expect(found('f1 g2 h3 1 2 a b c', 'f1 g2 h3 1 2 a b c')).toEqual([]);
    expect(found('f 1 g 2 h 3 i jj', 'f 1 g 2 h 3 i j')).toEqual([]);
  });

  it('reads whole words and numbers, in any language', () => {
    expect(found('für 1.25 größe 2.5 _x $y 3 z', 'für|1.25|größe|2.5|_x|$y|3|z')).toEqual([
      'für 1.25 größe 2.5 _x $y 3 z',
    ]);
    expect(found('a 1.25 b 2.5 c 3 d e', 'a 1.29 b 2.5 c 3 d e')).toEqual([]);
    expect(found('--- ***', '+++ ===')).toEqual([]);
  });

  it('says at most ten, each once', () => {
    const row = Array.from({ length: 40 }, (_, at) => at + 10).join(', ');
    expect(found(row, row)).toHaveLength(10);
    const twice = 'f 1 g 2 h 3 i j';
    expect(found(`${twice}; end ${twice}`, twice)).toEqual([twice]);
  });

  it('takes numbers of four digits, three of them, that are nothing else', () => {
    const numbers = (text: string) => found(text, text);
    expect(numbers('1234, 5678, 9012')).toEqual(['the numbers 1234, 5678, 9012']);
    expect(numbers('1234, 5678, 901')).toEqual([]);
    expect(numbers('1234, 5678, 9012.5')).toEqual([]);
    expect(numbers('1234, 5678, a9012')).toEqual([]);
    expect(numbers('1234, 5678, 1234, 5678')).toEqual([]);
    expect(found('1234 5678 9012', '1234 5678 9012', ['9012'])).toEqual([]);
    expect(found('1234 5678 9012', '1234 5678')).toEqual([]);
  });

  it('takes for mended what had all words but two, in its order and close together', () => {
    const passage = '1 2 3 4 5 6 7 8';
    const mended = (before: string) => found(passage, passage, ['nothing', before]).length === 0;
    expect(mended('start 1 2 3 4 5 6 end')).toBe(true);
    expect(mended('3 4 5 6 7 8')).toBe(true);
    expect(mended('1 2 x y 3 4 5 6')).toBe(true);
    expect(mended('1 2 3 4 5')).toBe(false);
    expect(mended('1 2 3 x y z 4 5 6')).toBe(false);
    expect(mended('6 5 4 3 2 1')).toBe(false);
    expect(mended('1 1 1 1 1 1 1 1')).toBe(false);
    expect(mended('')).toBe(false);
  });
});
