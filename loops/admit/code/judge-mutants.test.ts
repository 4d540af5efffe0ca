import { describe, expect, it } from 'vitest';
import { type MutantRun, notWeak } from './judge-mutants.ts';

const run = (killed: boolean, beside = false): MutantRun => ({
  killed,
  beside,
  mutant: {
    operator: 'boundary',
    file: 'src/a.ts',
    line: 3,
    original: 'a < b',
    mutated: 'a <= b',
    apply: () => '',
  },
});
const runs = (killed: number, of: number) => Array.from({ length: of }, (_, at) => run(at < killed));

describe('notWeak', () => {
  it('asks that four of five slips are noticed', () => {
    expect(notWeak(runs(4, 5)).passed).toBe(true);
    expect(notWeak(runs(8, 10)).passed).toBe(true);
    expect(notWeak(runs(7, 10)).passed).toBe(false);
    expect(notWeak(runs(0, 1)).passed).toBe(false);
  });

  it('names those that were not', () => {
    expect(notWeak(runs(1, 2)).detail).toContain('boundary at src/a.ts:3: a < b → a <= b');
    expect(notWeak(runs(1, 3)).detail).toMatch(/→ a <= b; boundary/);
    expect(notWeak(runs(2, 2))).toEqual({ passed: true, detail: '2 of 2 mutants killed' });
  });

  it('says nothing without an oracle, or where nothing can be slipped in', () => {
    expect(notWeak(null).passed).toBe(null);
    expect(notWeak([]).passed).toBe(null);
    expect(notWeak(null).detail).not.toBe(notWeak([]).detail);
  });
});

describe('slips beside what the oracle adds', () => {
  const verdict = (own: readonly boolean[], beside: readonly boolean[]): boolean | null =>
    notWeak([...own.map((killed) => run(killed, false)), ...beside.map((killed) => run(killed, true))])
      .passed;

  it('counts those beside the added lines where one of a few went unnoticed', () => {
    expect(verdict([true, true, false], [true, true])).toBe(true);
    expect(verdict([true, false, false], [true, true])).toBe(false);
    expect(verdict([true, true, false], [true, false])).toBe(false);
  });

  it('does not count them where none of the added lines was noticed, or enough were', () => {
    expect(verdict([false], [true, true, true, true])).toBe(false);
    expect(verdict([true, true], [false, false, false])).toBe(true);
  });
});
