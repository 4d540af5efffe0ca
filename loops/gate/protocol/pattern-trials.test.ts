import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrialOutcome } from '../evidence.ts';
import {
  countOutcomes,
  givenUp,
  infraErrorsOf,
  lackingTrials,
  liftOf,
  meanLift,
  nameOf,
  PatternTrials,
} from './pattern-trials.ts';
import { arm, hidden, visible } from './test-rows.ts';

const outcome = fc.constantFrom<TrialOutcome[]>('passed', 'failed', 'timed_out', 'invalid', 'infra_error');

describe('countOutcomes', () => {
  it('fails what timed out or forged its report, and never what the infrastructure broke', () => {
    expect(countOutcomes(['passed', 'failed', 'timed_out', 'invalid', 'infra_error'])).toEqual(arm(1, 4, 1));
    expect(countOutcomes([])).toEqual(arm(0, 0));
  });

  it('has the same passes and trials whatever infrastructure errors come between', () => {
    fc.assert(
      fc.property(fc.array(outcome), fc.nat({ max: 5 }), (outcomes, errors) => {
        const more: TrialOutcome[] = [...Array(errors).fill('infra_error'), ...outcomes];
        const [with_, without] = [countOutcomes(more), countOutcomes(outcomes)];
        expect(with_).toEqual({ ...without, infraErrors: without.infraErrors + errors });
        expect(with_.trials + with_.infraErrors).toBe(more.length);
      }),
    );
  });
});

it('a row is refused that has more passes than trials, or a split of no kind', () => {
  const row = hidden('p', 'v', 1, 2);
  expect(PatternTrials.parse(row)).toEqual(row);
  expect(() => PatternTrials.parse({ ...row, base: arm(6, 5) })).toThrow('more passes than trials');
  expect(() => PatternTrials.parse({ ...row, split: 'test' })).toThrow();
});

it('lift is between pass rates, and speaks only of rows that both arms ran', () => {
  expect(liftOf(hidden('p', 'v', 1, 3))).toBeCloseTo(0.4, 12);
  const half: PatternTrials = { ...hidden('p', 'v', 0, 5), base: arm(0, 0, 3) };
  expect(liftOf(half)).toBeNull();
  expect(meanLift([hidden('p', 'v', 1, 3), hidden('q', 'v', 2, 2), half])).toBeCloseTo(0.2, 12);
  expect(meanLift([half])).toBe(0);
});

it('lacking trials are counted by arm, infrastructure errors for nothing', () => {
  const row: PatternTrials = { ...visible('c', 0, 0), base: arm(0, 3, 2), candidate: arm(5, 5) };
  const { base: _, candidate: __, ...plain } = row;
  expect(lackingTrials([row], 5)).toEqual([{ row: plain, base: 2, candidate: 0 }]);
  expect(lackingTrials([row], 3)).toEqual([]);
  expect(givenUp([row], 1)).toEqual([row]);
  expect(givenUp([row], 2)).toEqual([]);
  expect(infraErrorsOf([row, row])).toBe(4);
  expect([nameOf(row), nameOf(hidden('p', 'v', 0, 0))]).toEqual(['c', 'p-case/v']);
});
