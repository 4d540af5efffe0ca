import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cohenKappa, type Ratings } from './cohen-kappa.ts';

const of = (yy: number, yn: number, ny: number, nn: number): Ratings => ({ yy, yn, ny, nn });
const count = fc.integer({ min: 0, max: 200 });
const ratings = fc
  .record({ yy: count, yn: count, ny: count, nn: count })
  .filter(({ yy, yn, ny, nn }) => yn + ny > 0 || (yy > 0 && nn > 0));

describe('cohenKappa', () => {
  it.each([
    [20, 5, 10, 15, 0.4],
    [45, 15, 25, 15, 0.130435],
    [90, 4, 4, 2, 0.29078],
  ])('yy %i, yn %i, ny %i, nn %i', (yy, yn, ny, nn, expected) => {
    expect(cohenKappa(of(yy, yn, ny, nn))).toBeCloseTo(expected, 6);
  });

  it('is (pₒ − pₑ) / (1 − pₑ), in [−1, 1]', () => {
    fc.assert(
      fc.property(ratings, ({ yy, yn, ny, nn }) => {
        const n = yy + yn + ny + nn;
        const seen = (yy + nn) / n;
        const chance = ((yy + yn) * (yy + ny) + (ny + nn) * (yn + nn)) / n ** 2;
        const kappa = cohenKappa({ yy, yn, ny, nn });
        expect(kappa).toBeCloseTo((seen - chance) / (1 - chance), 9);
        expect(kappa).toBeGreaterThanOrEqual(-1);
        expect(kappa).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('does not tell the raters apart, nor yes from no, nor a table from twice as much of it', () => {
    fc.assert(
      fc.property(ratings, ({ yy, yn, ny, nn }) => {
        const kappa = cohenKappa({ yy, yn, ny, nn });
        expect(cohenKappa(of(yy, ny, yn, nn))).toBe(kappa);
        expect(cohenKappa(of(nn, ny, yn, yy))).toBe(kappa);
        expect(cohenKappa(of(2 * yy, 2 * yn, 2 * ny, 2 * nn))).toBe(kappa);
      }),
    );
  });

  it('is 1 when all agree, 0 when the raters are independent', () => {
    fc.assert(
      fc.property(fc.tuple(count, count, count, count), ([a, b, c, d]) => {
        expect(cohenKappa(of(a + 1, 0, 0, b + 1))).toBe(1);
        const [yes, no, alsoYes, alsoNo] = [a + 1, b + 1, c + 1, d + 1];
        expect(cohenKappa(of(yes * alsoYes, yes * alsoNo, no * alsoYes, no * alsoNo))).toBe(0);
      }),
    );
  });

  it('never falls when a disagreement becomes an agreement either way', () => {
    fc.assert(
      fc.property(ratings, ({ yy, yn, ny, nn }) => {
        fc.pre(yn > 0 && yy > 0 && nn > 0);
        const kappa = cohenKappa({ yy, yn, ny, nn });
        expect(cohenKappa(of(yy + 1, yn - 1, ny, nn))).toBeGreaterThan(kappa);
        expect(cohenKappa(of(yy, yn - 1, ny, nn + 1))).toBeGreaterThan(kappa);
      }),
    );
  });

  it.each([
    [0, 0, 0, 0],
    [9, 0, 0, 0],
    [0, 0, 0, 9],
    [-1, 2, 2, 2],
    [1.5, 2, 2, 2],
    [1, 2, 2, Number.NaN],
  ])('refuses yy %d, yn %d, ny %d, nn %d', (yy, yn, ny, nn) => {
    expect(() => cohenKappa(of(yy, yn, ny, nn))).toThrow(RangeError);
  });
});
