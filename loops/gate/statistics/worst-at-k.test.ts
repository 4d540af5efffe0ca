import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choose } from './choose.ts';
import { passHatK } from './pass-hat-k.ts';
import { draws } from './testing/draws.ts';
import { outcomesOf, passesOfTrials } from './testing/passes-of-trials.ts';
import { worstAtK } from './worst-at-k.ts';

const score = fc.double({ min: -10, max: 10, noNaN: true });
const scoresAndK = fc
  .array(score, { minLength: 1, maxLength: 9 })
  .chain((scores) => fc.tuple(fc.constant(scores), fc.integer({ min: 1, max: scores.length })));
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('worstAtK', () => {
  it.each([
    [[0.2, 0.5, 0.9], 2, 0.3],
    [[1, 1, 0, 1, 1], 3, 0.4],
    [[0.3, 0.7, 0.7, 1], 3, 0.4],
  ])('%j, k %i', (scores, k, expected) => {
    expect(worstAtK(scores, k)).toBeCloseTo(expected, 12);
  });

  it('is the mean of the lowest score over all draws', () => {
    fc.assert(
      fc.property(scoresAndK, ([scores, k]) => {
        const lowest = draws(scores, k).map((draw) => Math.min(...draw));
        expect(worstAtK(scores, k)).toBeCloseTo(mean(lowest), 9);
      }),
    );
  });

  it('is the formula by binomials', () => {
    fc.assert(
      fc.property(scoresAndK, ([scores, k]) => {
        const n = scores.length;
        const sorted = scores.toSorted((a, b) => a - b);
        const terms = sorted.map((one, i) => (one * choose(n - i - 1, k - 1)) / choose(n, k));
        expect(worstAtK(scores, k)).toBeCloseTo(
          terms.reduce((sum, term) => sum + term, 0),
          9,
        );
      }),
    );
  });

  it('does not depend on the order, lies between the lowest and the mean, falls with k', () => {
    fc.assert(
      fc.property(scoresAndK, ([scores, k]) => {
        const here = worstAtK(scores, k);
        expect(worstAtK([...scores].reverse(), k)).toBe(here);
        expect(here).toBeGreaterThanOrEqual(Math.min(...scores) - 1e-9);
        expect(here).toBeLessThanOrEqual(mean(scores) + 1e-9);
        if (k < scores.length) expect(worstAtK(scores, k + 1)).toBeLessThanOrEqual(here + 1e-9);
        expect(worstAtK(scores, 1)).toBeCloseTo(mean(scores), 9);
        expect(worstAtK(scores, scores.length)).toBeCloseTo(Math.min(...scores), 9);
      }),
    );
  });

  it('never falls when a score rises', () => {
    fc.assert(
      fc.property(
        scoresAndK,
        fc.nat(),
        fc.double({ min: 0, max: 5, noNaN: true }),
        ([scores, k], index, rise) => {
          const raised = scores.map((one, i) => (i === index % scores.length ? one + rise : one));
          expect(worstAtK(raised, k)).toBeGreaterThanOrEqual(worstAtK(scores, k) - 1e-9);
        },
      ),
    );
  });

  it('is pass^k of scores 0 and 1', () => {
    fc.assert(
      fc.property(passesOfTrials, ({ trials, passes, k }) => {
        const scores = outcomesOf({ trials, passes }).map(Number);
        expect(worstAtK(scores, k)).toBeCloseTo(passHatK(trials, passes, k), 12);
      }),
    );
  });

  it('does not overflow where binomials do', () => {
    const scores = Array.from({ length: 3000 }, (_, i) => i);
    // The lowest of k drawn from 1…n is (n + 1) / (k + 1) on average.
    expect(worstAtK(scores, 1500)).toBeCloseTo(3001 / 1501 - 1, 9);
  });

  it.each([
    [[], 1],
    [[1, 2], 0],
    [[1, 2], 3],
    [[1, 2], 1.5],
    [[1, Number.NaN], 1],
    [[1, Number.POSITIVE_INFINITY], 1],
  ])('refuses %j, k = %d', (scores, k) => {
    expect(() => worstAtK(scores, k)).toThrow(RangeError);
  });
});
