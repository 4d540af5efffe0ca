import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correctJudgedRate } from './correct-judged-rate.ts';

const rate = fc.double({ min: 0, max: 1, noNaN: true });
const judge = fc
  .record({ sensitivity: rate, specificity: rate })
  .filter(({ sensitivity, specificity }) => sensitivity + specificity > 1.01);

describe('correctJudgedRate', () => {
  it.each([
    [0.7, 0.9, 0.85, 0.733333],
    [0.5, 0.8, 0.95, 0.6],
    [0.1, 0.9, 0.85, 0],
    [0.99, 0.9, 0.85, 1],
  ])('judged %f, sensitivity %f, specificity %f', (judged, sensitivity, specificity, expected) => {
    expect(correctJudgedRate(judged, { sensitivity, specificity })).toBeCloseTo(expected, 6);
  });

  it('finds the true rate behind what the judge reports of it', () => {
    fc.assert(
      fc.property(rate, judge, (truth, quality) => {
        const judged = truth * quality.sensitivity + (1 - truth) * (1 - quality.specificity);
        expect(correctJudgedRate(judged, quality)).toBeCloseTo(truth, 9);
      }),
    );
  });

  it('leaves the rate of a perfect judge', () => {
    fc.assert(
      fc.property(rate, (judged) => {
        expect(correctJudgedRate(judged, { sensitivity: 1, specificity: 1 })).toBe(judged);
      }),
    );
  });

  it('stays in [0, 1], rises with the judged rate, and turns round with passes and fails', () => {
    fc.assert(
      fc.property(rate, rate, judge, (one, other, quality) => {
        const low = correctJudgedRate(Math.min(one, other), quality);
        const high = correctJudgedRate(Math.max(one, other), quality);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(high);
        expect(high).toBeLessThanOrEqual(1);
        const swapped = { sensitivity: quality.specificity, specificity: quality.sensitivity };
        expect(correctJudgedRate(1 - one, swapped)).toBeCloseTo(1 - correctJudgedRate(one, quality), 9);
      }),
    );
  });

  it.each([
    [-0.1, 0.9, 0.9],
    [1.1, 0.9, 0.9],
    [0.5, 1.1, 0.9],
    [0.5, 0.9, -0.1],
    [Number.NaN, 0.9, 0.9],
    [0.5, 0.5, 0.5],
    [0.5, 0.2, 0.3],
  ])('refuses judged %d, sensitivity %d, specificity %d', (judged, sensitivity, specificity) => {
    expect(() => correctJudgedRate(judged, { sensitivity, specificity })).toThrow(RangeError);
  });
});
