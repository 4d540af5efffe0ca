import { expect, it } from 'vitest';
import { type MutantRun, notWeak } from './judge-mutants.ts';

const run = (killed: boolean, beside: boolean): MutantRun => ({
  mutant: {
    operator: 'boundary',
    file: 'src/a.ts',
    line: 1,
    original: '<',
    mutated: '<=',
    apply: () => '',
  },
  beside,
  killed,
});
const verdict = (own: readonly boolean[], beside: readonly boolean[]): boolean | null =>
  notWeak([...own.map((killed) => run(killed, false)), ...beside.map((killed) => run(killed, true))]).passed;

it('counts those beside the added lines where one of a few went unnoticed', () => {
  expect(verdict([true, true, false], [true, true])).toBe(true);
  expect(verdict([true, false, false], [true, true])).toBe(false);
  expect(verdict([true, true, false], [true, false])).toBe(false);
});

it('does not count them where none of the added lines was noticed, or enough were', () => {
  expect(verdict([false], [true, true, true, true])).toBe(false);
  expect(verdict([true, true], [false, false, false])).toBe(true);
});
