import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choose } from './choose.ts';
import { passHatK } from './pass-hat-k.ts';
import { draws } from './testing/draws.ts';
import { impossible, outcomesOf, passesOfTrials } from './testing/passes-of-trials.ts';

describe('passHatK', () => {
  it.each([
    [10, 8, 3, 0.466667],
    [5, 4, 2, 0.6],
    [5, 2, 3, 0],
  ])('n %i, c %i, k %i', (trials, passes, k, expected) => {
    expect(passHatK(trials, passes, k)).toBeCloseTo(expected, 6);
  });

  it('is the share of draws in which all pass, and C(c, k) / C(n, k)', () => {
    fc.assert(
      fc.property(passesOfTrials, ({ trials, passes, k }) => {
        const all = draws(outcomesOf({ trials, passes }), k);
        const share = all.filter((draw) => draw.every(Boolean)).length / all.length;
        expect(passHatK(trials, passes, k)).toBeCloseTo(share, 12);
        expect(passHatK(trials, passes, k)).toBeCloseTo(choose(passes, k) / choose(trials, k), 12);
      }),
    );
  });

  it('is the pass rate at k = 1, rises with passes, falls with k', () => {
    fc.assert(
      fc.property(passesOfTrials, ({ trials, passes, k }) => {
        const here = passHatK(trials, passes, k);
        expect(passHatK(trials, passes, 1)).toBe(passes / trials);
        if (passes < trials) expect(passHatK(trials, passes + 1, k)).toBeGreaterThanOrEqual(here);
        if (k < trials) expect(passHatK(trials, passes, k + 1)).toBeLessThanOrEqual(here);
        expect(here).toBeGreaterThanOrEqual(0);
        expect(here).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('does not overflow where binomials do', () => {
    expect(passHatK(5000, 4999, 2500)).toBeCloseTo(0.5, 12);
  });

  it.each(impossible)('refuses %d trials, %d passes', (trials, passes) => {
    expect(() => passHatK(trials, passes, 1)).toThrow(`${passes} passes of ${trials} trials`);
  });

  it.each([0, 4, 1.5, Number.NaN])('refuses k = %d of 3 trials', (k) => {
    expect(() => passHatK(3, 2, k)).toThrow(RangeError);
  });
});
