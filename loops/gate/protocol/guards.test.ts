import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeGuards } from './guards.ts';
import type { PatternTrials } from './pattern-trials.ts';
import { ProtocolPolicy } from './protocol-policy.ts';
import { arm, guard, visible } from './test-rows.ts';

const policy = ProtocolPolicy.parse({});
const fine = (count: number) => Array.from({ length: count }, (_, i) => guard(`ok${i}`, 1, 1));
const again = (name: string, passes: number, trials: number): PatternTrials => ({
  ...guard(name, 0, 0, 0),
  candidate: arm(passes, trials),
});
const judge = (first: PatternTrials[], reruns: PatternTrials[] = []) =>
  judgeGuards({ first, reruns }, policy);
const asked = (first: PatternTrials[], reruns: PatternTrials[] = []) =>
  judge(first, reruns).requests.map(({ row, base, candidate }) => [row.case, base, candidate]);

describe('judgeGuards', () => {
  it('is clear when all pass, and wants one trial an arm of each', () => {
    expect(judge(fine(3))).toMatchObject({ state: 'clear', p: 1, reasons: [] });
    expect(asked([...fine(2), guard('new', 0, 0, 0)])).toEqual([['new', 1, 1]]);
    expect(judge([])).toMatchObject({ state: 'clear' });
  });

  it('runs a guard that failed four times again, and three fails of those block', () => {
    const first = [...fine(20), guard('g', 1, 0)];
    expect(asked(first)).toEqual([['g', 0, 4]]);
    expect(asked(first, [again('g', 1, 2)])).toEqual([['g', 0, 2]]);
    expect(judge(first, [again('g', 1, 4)])).toMatchObject({
      state: 'blocked',
      reasons: [{ code: 'guard-fails', detail: 'g failed, and 3 times again' }],
    });
    expect(judge(first, [again('g', 2, 4)]).state).toBe('clear');
  });

  it('stops as soon as the fresh trials have decided', () => {
    const first = [...fine(20), guard('g', 1, 0)];
    expect(judge(first, [again('g', 0, 3)]).state).toBe('blocked');
    expect(judge(first, [again('g', 2, 2)]).state).toBe('clear');
  });

  it('catches a broad, shallow regression that no single guard shows', () => {
    const shallow = [...fine(280), ...Array.from({ length: 9 }, (_, i) => guard(`w${i}`, 1, 0))];
    const reruns = Array.from({ length: 9 }, (_, i) => again(`w${i}`, 4, 4));
    expect(judge(shallow, reruns)).toMatchObject({
      state: 'blocked',
      p: 2 ** -9,
      reasons: [{ code: 'guards-worse' }],
    });
  });

  it('does not hold against the candidate what the base fails as well, nor what is no guard', () => {
    expect(judge([...fine(3), guard('g', 0, 0)])).toMatchObject({ state: 'clear' });
    expect(judge([...fine(3), visible('dev', 5, 0)])).toMatchObject({ state: 'clear' });
  });

  it('takes no infrastructure error for a failure, and gives up beyond the limit', () => {
    const broken = { ...guard('g', 1, 0, 1), candidate: arm(0, 0, 1) };
    expect(asked([...fine(3), broken])).toEqual([['g', 0, 1]]);
    expect(judge([...fine(3), { ...broken, candidate: arm(0, 0, 6) }])).toMatchObject({
      state: 'inconclusive',
      reasons: [{ code: 'error' }],
    });
  });

  it('does not depend on order, and a guard that passes more never blocks', () => {
    const outcomes = fc.array(fc.record({ base: fc.nat({ max: 1 }), candidate: fc.nat({ max: 1 }) }), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(outcomes, fc.nat(), (list, at) => {
        const rows = list.map(({ base, candidate }, i) => guard(`g${i}`, base, candidate));
        const { state, p } = judge(rows);
        expect(judge([...rows].reverse()).state).toBe(state);
        const better = rows.map((row, i) =>
          i === at % rows.length ? { ...row, candidate: arm(1, 1) } : row,
        );
        expect(judge(better).p ?? 0).toBeGreaterThanOrEqual((p ?? 0) - 1e-12);
        if (state !== 'blocked') expect(judge(better).state).not.toBe('blocked');
      }),
    );
  });
});
