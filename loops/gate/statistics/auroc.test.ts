import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auroc } from './auroc.ts';

const outcomes = (bits: string) => [...bits].map((bit) => bit === '1');
/** Few values, so that forecasts tie. */
const trial = fc.tuple(fc.integer({ min: -3, max: 3 }), fc.boolean());
const trials = fc
  .array(trial, { minLength: 2, maxLength: 14 })
  .filter((list) => new Set(list.map(([, outcome]) => outcome)).size === 2);
const of = (list: [number, boolean][], change: (forecast: number) => number = (forecast) => forecast) =>
  auroc(
    list.map(([forecast]) => change(forecast)),
    list.map(([, outcome]) => outcome),
  );

describe('auroc', () => {
  it.each([
    [[0.9, 0.8, 0.3, 0.1], '1100', 1],
    [[0.9, 0.2, 0.6, 0.4], '1100', 0.5],
    [[0.5, 0.5, 0.5], '100', 0.5],
    [[0.1, 0.9], '10', 0],
  ])('%j against %s', (forecasts, bits, expected) => {
    expect(auroc(forecasts, outcomes(bits))).toBe(expected);
  });

  it('is the share of pairs of a pass and a fail in the right order, ties half', () => {
    fc.assert(
      fc.property(trials, (list) => {
        const passed = list.filter(([, outcome]) => outcome);
        const failed = list.filter(([, outcome]) => !outcome);
        const pairs = passed.flatMap(([high]) =>
          failed.map(([low]) => (high > low ? 1 : high === low ? 0.5 : 0)),
        );
        const share = pairs.reduce<number>((sum, won) => sum + won, 0) / pairs.length;
        expect(of(list)).toBeCloseTo(share, 12);
      }),
    );
  });

  it('does not depend on the order of trials, nor on a scale that keeps the order of forecasts', () => {
    fc.assert(
      fc.property(trials, (list) => {
        expect(of([...list].reverse())).toBe(of(list));
        expect(of(list, (forecast) => Math.exp(forecast) + 7)).toBe(of(list));
      }),
    );
  });

  it('turns round when forecasts, or outcomes, do', () => {
    fc.assert(
      fc.property(trials, (list) => {
        expect(of(list, (forecast) => -forecast)).toBeCloseTo(1 - of(list), 12);
        expect(of(list.map(([forecast, outcome]) => [forecast, !outcome]))).toBeCloseTo(1 - of(list), 12);
      }),
    );
  });

  it('never falls when the forecast of a pass rises', () => {
    fc.assert(
      fc.property(trials, fc.nat(), (list, index) => {
        const raised = list.map(([forecast, outcome], i): [number, boolean] => [
          outcome && i === index % list.length ? forecast + 1 : forecast,
          outcome,
        ]);
        expect(of(raised)).toBeGreaterThanOrEqual(of(list));
      }),
    );
  });

  it.each([
    ['lists of different length', [0.1], '10'],
    ['no trials', [], ''],
    ['passes alone', [0.1, 0.2], '11'],
    ['fails alone', [0.1, 0.2], '00'],
    ['no number', [0.1, Number.NaN], '10'],
    ['infinity', [0.1, Number.POSITIVE_INFINITY], '10'],
  ])('refuses %s', (_, forecasts, bits) => {
    expect(() => auroc(forecasts, outcomes(bits))).toThrow(RangeError);
  });
});
