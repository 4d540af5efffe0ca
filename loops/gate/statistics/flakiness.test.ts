import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flakiness } from './flakiness.ts';
import { draws } from './testing/draws.ts';
import { impossible, outcomesOf, passesOfTrials } from './testing/passes-of-trials.ts';

const repeated = passesOfTrials.filter(({ trials }) => trials > 1);

describe('flakiness', () => {
  it.each([
    [5, 0, 0],
    [5, 4, 0.4],
    [10, 5, 0.555556],
  ])('n %i, c %i', (trials, passes, expected) => {
    expect(flakiness(trials, passes)).toBeCloseTo(expected, 6);
  });

  it('is the share of pairs of trials that disagree', () => {
    fc.assert(
      fc.property(repeated, (counts) => {
        const pairs = draws(outcomesOf(counts), 2);
        const share = pairs.filter(([one, other]) => one !== other).length / pairs.length;
        expect(flakiness(counts.trials, counts.passes)).toBeCloseTo(share, 12);
      }),
    );
  });

  it('does not tell passes from fails, is 0 only when all agree, and keeps its bound', () => {
    fc.assert(
      fc.property(repeated, ({ trials, passes }) => {
        const here = flakiness(trials, passes);
        expect(flakiness(trials, trials - passes)).toBe(here);
        expect(here === 0).toBe(passes === 0 || passes === trials);
        expect(here).toBeLessThanOrEqual(trials / (2 * (trials - 1)));
        if (2 * passes < trials) expect(flakiness(trials, passes + 1)).toBeGreaterThanOrEqual(here);
      }),
    );
  });

  it.each([...impossible, [1, 1], [0, 0]])('refuses %d trials, %d passes', (trials, passes) => {
    expect(() => flakiness(trials, passes)).toThrow(RangeError);
  });
});
