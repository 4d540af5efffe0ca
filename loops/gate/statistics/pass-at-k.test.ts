import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choose } from './choose.ts';
import { passAtK } from './pass-at-k.ts';
import { passHatK } from './pass-hat-k.ts';
import { draws } from './testing/draws.ts';
import { impossible, outcomesOf, passesOfTrials } from './testing/passes-of-trials.ts';

describe('passAtK', () => {
  it.each([
    [10, 3, 1, 0.3],
    [10, 3, 5, 0.916667],
    [5, 1, 3, 0.6],
  ])('n %i, c %i, k %i', (trials, passes, k, expected) => {
    expect(passAtK(trials, passes, k)).toBeCloseTo(expected, 6);
  });

  it('is the share of draws in which one passes, and 1 − C(n − c, k) / C(n, k)', () => {
    fc.assert(
      fc.property(passesOfTrials, ({ trials, passes, k }) => {
        const all = draws(outcomesOf({ trials, passes }), k);
        const share = all.filter((draw) => draw.some(Boolean)).length / all.length;
        expect(passAtK(trials, passes, k)).toBeCloseTo(share, 12);
        expect(passAtK(trials, passes, k)).toBeCloseTo(
          1 - choose(trials - passes, k) / choose(trials, k),
          12,
        );
      }),
    );
  });

  it('is never below pass^k, rises with passes and with k', () => {
    fc.assert(
      fc.property(passesOfTrials, ({ trials, passes, k }) => {
        const here = passAtK(trials, passes, k);
        expect(here).toBeGreaterThanOrEqual(passHatK(trials, passes, k) - 1e-12);
        if (passes < trials) expect(passAtK(trials, passes + 1, k)).toBeGreaterThanOrEqual(here);
        if (k < trials) expect(passAtK(trials, passes, k + 1)).toBeGreaterThanOrEqual(here);
        expect(here).toBeGreaterThanOrEqual(0);
        expect(here).toBeLessThanOrEqual(1);
      }),
    );
  });

  it.each(impossible)('refuses %d trials, %d passes', (trials, passes) => {
    expect(() => passAtK(trials, passes, 1)).toThrow(`${passes} passes of ${trials} trials`);
  });

  it.each([0, 4, 1.5, Number.NaN])('refuses k = %d of 3 trials', (k) => {
    expect(() => passAtK(3, 2, k)).toThrow(RangeError);
  });
});
