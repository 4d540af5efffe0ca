import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choose } from './choose.ts';
import { impossible } from './testing/passes-of-trials.ts';
import { wilsonInterval } from './wilson-interval.ts';

const counts = fc
  .integer({ min: 1, max: 2000 })
  .chain((trials) => fc.record({ trials: fc.constant(trials), passes: fc.integer({ min: 0, max: trials }) }));

describe('wilsonInterval', () => {
  // Newcombe 1998 (Statistics in Medicine 17), table I, method 3.
  it.each([
    [263, 81, 0.2553, 0.3662],
    [148, 15, 0.0624, 0.1605],
    [20, 0, 0, 0.1611],
    [29, 1, 0.0061, 0.1718],
  ])('%i trials, %i passes', (trials, passes, lower, upper) => {
    const interval = wilsonInterval(trials, passes);
    expect(interval.lower).toBeCloseTo(lower, 4);
    expect(interval.upper).toBeCloseTo(upper, 4);
  });

  it('holds the rates from which the seen one is at most 1.96 standard errors away', () => {
    fc.assert(
      fc.property(counts, ({ trials, passes }) => {
        const { lower, upper } = wilsonInterval(trials, passes);
        for (const bound of [lower, upper]) {
          if (bound === 0 || bound === 1) continue;
          const away = Math.abs(passes / trials - bound) / Math.sqrt((bound * (1 - bound)) / trials);
          expect(away).toBeCloseTo(1.959964, 6);
        }
      }),
    );
  });

  it('stays in [0, 1] around the seen rate, and turns round with passes and fails', () => {
    fc.assert(
      fc.property(counts, ({ trials, passes }) => {
        const { lower, upper } = wilsonInterval(trials, passes);
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(lower).toBeLessThanOrEqual(passes / trials);
        expect(upper).toBeGreaterThanOrEqual(passes / trials);
        expect(upper).toBeLessThanOrEqual(1);
        const swapped = wilsonInterval(trials, trials - passes);
        expect(swapped.lower).toBeCloseTo(1 - upper, 12);
        expect(swapped.upper).toBeCloseTo(1 - lower, 12);
      }),
    );
  });

  it('rises with passes, and narrows with trials at one rate', () => {
    fc.assert(
      fc.property(counts, ({ trials, passes }) => {
        const here = wilsonInterval(trials, passes);
        const doubled = wilsonInterval(2 * trials, 2 * passes);
        expect(doubled.upper - doubled.lower).toBeLessThan(here.upper - here.lower);
        if (passes === trials) return;
        const better = wilsonInterval(trials, passes + 1);
        expect(better.lower).toBeGreaterThan(here.lower);
        expect(better.upper).toBeGreaterThan(here.upper);
      }),
    );
  });

  it('covers the true rate in 95 % of samples, on average over rates: every outcome of 30 trials counted', () => {
    const trials = 30;
    const rates = Array.from({ length: 999 }, (_, i) => (i + 1) / 1000);
    const covered = rates.map((rate) =>
      Array.from({ length: trials + 1 }, (_, passes) => {
        const { lower, upper } = wilsonInterval(trials, passes);
        const chance = choose(trials, passes) * rate ** passes * (1 - rate) ** (trials - passes);
        return lower <= rate && rate <= upper ? chance : 0;
      }).reduce((sum, chance) => sum + chance, 0),
    );
    const mean = covered.reduce((sum, one) => sum + one, 0) / covered.length;
    expect(mean).toBeGreaterThan(0.945);
    expect(mean).toBeLessThan(0.96);
    expect(Math.min(...covered)).toBeGreaterThan(0.8);
  });

  it.each([...impossible, [0, 0]])('refuses %d trials, %d passes', (trials, passes) => {
    expect(() => wilsonInterval(trials, passes)).toThrow(RangeError);
  });
});
