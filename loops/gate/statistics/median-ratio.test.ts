import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { medianPairedRatio, ratioOfMedians } from './median-ratio.ts';

const time = fc.double({ min: 0.001, max: 1000, noNaN: true });
const pairs = fc.array(fc.tuple(time, time), { minLength: 1, maxLength: 15 });
const base = (list: [number, number][]) => list.map(([one]) => one);
const candidate = (list: [number, number][]) => list.map(([, other]) => other);

describe('ratios of medians', () => {
  it.each([
    [[100, 104, 98, 150, 101], [80, 84, 79, 82, 81], 1.246914, 1.246914],
    [[10, 12, 11], [10, 11, 12], 1, 1],
    [[20, 22, 21, 40], [10, 11, 10, 10], 2.15, 2.05],
  ])('%j against %j', (a, b, ofMedians, paired) => {
    expect(ratioOfMedians(a, b)).toBeCloseTo(ofMedians, 6);
    expect(medianPairedRatio(a, b)).toBeCloseTo(paired, 6);
  });

  it('do not depend on the order: of values, or of pairs', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const [a, b] = [base(list), candidate(list)];
        expect(ratioOfMedians([...a].reverse(), b)).toBe(ratioOfMedians(a, b));
        expect(medianPairedRatio([...a].reverse(), [...b].reverse())).toBe(medianPairedRatio(a, b));
      }),
    );
  });

  it('turn round with the arms: the paired one where one ratio is in the middle', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const [a, b] = [base(list), candidate(list)];
        expect(ratioOfMedians(a, b) * ratioOfMedians(b, a)).toBeCloseTo(1, 9);
        if (list.length % 2 === 1)
          expect(medianPairedRatio(a, b) * medianPairedRatio(b, a)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('are 1 of A against A, and scale with A', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: -3, max: 3 }), (list, power) => {
        const [a, b] = [base(list), candidate(list)];
        expect(ratioOfMedians(a, a)).toBe(1);
        expect(medianPairedRatio(a, a)).toBe(1);
        const scaled = a.map((value) => value * 2 ** power);
        expect(ratioOfMedians(scaled, b)).toBe(ratioOfMedians(a, b) * 2 ** power);
        expect(medianPairedRatio(scaled, b)).toBe(medianPairedRatio(a, b) * 2 ** power);
      }),
    );
  });

  it('paired: does not see what is common to a pair, and lies within the ratios', () => {
    fc.assert(
      fc.property(pairs, fc.infiniteStream(fc.integer({ min: -4, max: 4 })), (list, powers) => {
        const slowed = list.map(([a, b]): [number, number] => {
          const slow = 2 ** (powers.next().value as number);
          return [a * slow, b * slow];
        });
        const here = medianPairedRatio(base(list), candidate(list));
        expect(medianPairedRatio(base(slowed), candidate(slowed))).toBe(here);
        const ratios = list.map(([a, b]) => a / b);
        expect(here).toBeGreaterThanOrEqual(Math.min(...ratios));
        expect(here).toBeLessThanOrEqual(Math.max(...ratios));
      }),
    );
  });

  it('never fall when a value of A rises', () => {
    fc.assert(
      fc.property(pairs, fc.nat(), (list, index) => {
        const [a, b] = [base(list), candidate(list)];
        const raised = a.map((value, i) => (i === index % a.length ? value * 1.5 : value));
        expect(ratioOfMedians(raised, b)).toBeGreaterThanOrEqual(ratioOfMedians(a, b));
        expect(medianPairedRatio(raised, b)).toBeGreaterThanOrEqual(medianPairedRatio(a, b));
      }),
    );
  });

  it.each([
    [[], [1]],
    [[1], []],
    [[0], [1]],
    [[1], [0]],
    [[-1], [1]],
    [[1], [Number.NaN]],
    [[Number.POSITIVE_INFINITY], [1]],
  ])('refuse %j against %j', (a, b) => {
    expect(() => ratioOfMedians(a, b)).toThrow(RangeError);
    expect(() => medianPairedRatio(a, b)).toThrow(RangeError);
  });

  it('paired: refuses what has no pair', () => {
    expect(() => medianPairedRatio([1, 2], [1])).toThrow(RangeError);
    expect(ratioOfMedians([1, 3], [1])).toBe(2);
  });
});
