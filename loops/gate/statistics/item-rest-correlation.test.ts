import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemRestCorrelation } from './item-rest-correlation.ts';

const outcomes = (bits: string) => [...bits].map((bit) => bit === '1');
/** Of each respondent the item's outcome and how many others he passed; neither is equal for all. */
const respondents = fc
  .array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 9 })), { minLength: 2, maxLength: 15 })
  .filter((list) => [0, 1].every((part) => new Set(list.map((one) => one[part as 0 | 1])).size > 1));
const of = (list: [boolean, number][], scale = 1) =>
  itemRestCorrelation(
    list.map(([outcome]) => outcome),
    list.map(([outcome, rest]) => scale * rest + Number(outcome)),
  );
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('itemRestCorrelation', () => {
  it.each([
    ['1100', [9, 8, 4, 3], 0.970143],
    ['10101', [5, 6, 7, 4, 8], 0.272166],
    ['0011', [9, 8, 4, 3], -0.986394],
  ])('item %s, totals %j', (bits, totals, expected) => {
    expect(itemRestCorrelation(outcomes(bits), totals)).toBeCloseTo(expected, 6);
  });

  it('is the point-biserial correlation with the rest', () => {
    fc.assert(
      fc.property(respondents, (list) => {
        const passed = list.filter(([outcome]) => outcome).map(([, rest]) => rest);
        const failed = list.filter(([outcome]) => !outcome).map(([, rest]) => rest);
        const rests = list.map(([, rest]) => rest);
        const deviation = Math.sqrt(mean(rests.map((rest) => (rest - mean(rests)) ** 2)));
        const share = passed.length / list.length;
        const expected = ((mean(passed) - mean(failed)) / deviation) * Math.sqrt(share * (1 - share));
        expect(of(list)).toBeCloseTo(expected, 9);
      }),
    );
  });

  it('stays in [−1, 1], whatever the order and the scale of the rests', () => {
    fc.assert(
      fc.property(respondents, (list) => {
        expect(Math.abs(of(list))).toBeLessThanOrEqual(1);
        expect(of([...list].reverse())).toBeCloseTo(of(list), 9);
        expect(of(list, 3)).toBeCloseTo(of(list), 9);
      }),
    );
  });

  it('changes its sign when passes and fails change places', () => {
    fc.assert(
      fc.property(respondents, (list) => {
        expect(of(list.map(([outcome, rest]) => [!outcome, rest]))).toBeCloseTo(-of(list), 9);
      }),
    );
  });

  it('is 1 where the other items go with this one', () => {
    expect(itemRestCorrelation(outcomes('10110'), [4, 0, 4, 4, 0])).toBe(1);
  });

  it.each([
    ['fewer totals', '101', [1, 3]],
    ['more totals', '10', [1, 3, 4]],
    ['nobody', '', []],
    ['one respondent', '1', [3]],
    ['outcomes all equal', '111', [3, 4, 5]],
    ['rests all equal', '101', [3, 2, 3]],
    ['a fraction', '10', [3.5, 1]],
    ['a total without the item', '10', [0, 3]],
    ['no number', '10', [3, Number.NaN]],
    ['infinity', '10', [3, Number.POSITIVE_INFINITY]],
  ])('refuses %s', (_, bits, totals) => {
    expect(() => itemRestCorrelation(outcomes(bits), totals)).toThrow(RangeError);
  });
});
