import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTEMPTS, attemptLevel } from '../statistics/attempt-level.ts';
import { holdoutState } from './holdout-state.ts';
import type { DatasetRow } from './pattern-trials.ts';
import { confirmRows, planConfirm } from './plan-confirm.ts';
import { ProtocolPolicy } from './protocol-policy.ts';
import { hidden, visible } from './test-rows.ts';

const policy = ProtocolPolicy.parse({});
const rows = (patterns: number, each: number): DatasetRow[] => [
  visible('seen', 0, 0),
  ...Array.from({ length: patterns * each }, (_, i) =>
    hidden(`p${Math.floor(i / each)}`, `v${i % each}`, 0, 0),
  ),
];

describe('planConfirm', () => {
  it('one pattern: five trials, ten when flaky, and the two looks share the level', () => {
    expect(planConfirm(rows(1, 1), 1, policy)).toMatchObject({
      level: 0.025,
      scope: { claim: 'this pattern is fixed' },
      trials: 5,
      maxTrials: 10,
      lookLevel: 0.0125,
      smallestP: 1 / 252,
      possible: true,
      mostTrials: 40,
    });
  });

  it('several and many patterns: one look at the whole level', () => {
    for (const patterns of [3, 12]) {
      expect(planConfirm(rows(patterns, 2), 1, policy)).toMatchObject({
        halfway: 3,
        trials: 5,
        maxTrials: 5,
        lookLevel: 0.025,
        mostTrials: patterns * 2 * 5 * 2,
      });
    }
  });

  it('grows the trials until something could be accepted: one variant at later attempts', () => {
    const trials = [1, 2, 3, 5, 10, 20].map((attempt) => planConfirm(rows(1, 1), attempt, policy).trials);
    expect(trials).toEqual([5, 5, 6, 7, 8, 9]);
  });

  it('grows no further than the budget, and then nothing can be accepted', () => {
    // Two rows, two arms: 24 trials are six each.
    expect(planConfirm(rows(1, 1), 5, policy, 24)).toMatchObject({ trials: 6, maxTrials: 6, possible: true });
    expect(planConfirm(rows(1, 1), 20, policy, 24)).toMatchObject({ trials: 6, possible: false });
    expect(planConfirm(rows(1, 1), 1, policy, 16)).toMatchObject({ possible: false });
    expect(planConfirm(rows(0, 0), 1, policy)).toMatchObject({ possible: false });
  });

  it('runs the visible case beside the variants of one pattern, and only hidden rows of several', () => {
    const one = rows(1, 2);
    expect(confirmRows(one, planConfirm(one, 1, policy).scope)).toEqual(one);
    const two = rows(2, 2);
    expect(confirmRows(two, planConfirm(two, 1, policy).scope)).toEqual(two.slice(1));
  });

  it('never spends more than the level or the budget, by either schedule', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: ATTEMPTS }),
        fc.constantFrom('falling' as const, 'flat' as const),
        fc.integer({ min: 1, max: 3000 }),
        (patterns, each, attempt, schedule, budget) => {
          const plan = planConfirm(rows(patterns, each), attempt, { ...policy, schedule }, budget);
          const looks = plan.maxTrials > plan.trials ? 2 : 1;
          expect(plan.level).toBe(attemptLevel(attempt, 0.05, schedule));
          expect(plan.lookLevel * looks).toBeLessThanOrEqual(plan.level);
          if (!plan.possible) return;
          expect(plan.mostTrials).toBeLessThanOrEqual(budget);
          expect(plan.smallestP).toBeLessThanOrEqual(plan.lookLevel);
        },
      ),
    );
  });
});

it('a holdout is open for twenty attempts, then rotated', () => {
  expect(holdoutState(0, 'flat')).toEqual({ state: 'open', attempt: 1 });
  expect(holdoutState(19, 'flat')).toEqual({ state: 'open', attempt: 20 });
  const spent = { state: 'spent', reason: expect.stringContaining('20 attempts') };
  expect(holdoutState(20, 'flat')).toMatchObject(spent);
  expect(holdoutState(20, 'falling')).toEqual({ state: 'open', attempt: 21 });
  expect(() => holdoutState(-1, 'flat')).toThrow(RangeError);
});
