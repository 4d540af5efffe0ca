import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brierScore } from './brier-score.ts';

const outcomes = (bits: string) => [...bits].map((bit) => bit === '1');
const probability = fc.double({ min: 0, max: 1, noNaN: true });
const trials = fc.array(fc.tuple(probability, fc.boolean()), { minLength: 1, maxLength: 12 });
const of = (list: [number, boolean][]) =>
  brierScore(
    list.map(([forecast]) => forecast),
    list.map(([, outcome]) => outcome),
  );

describe('brierScore', () => {
  it.each([
    [[0.9, 0.8, 0.3, 0.1], '1100', 0.0375],
    [[0.9, 0.2, 0.6, 0.4], '1100', 0.2925],
    [[0.5, 0.5, 0.5], '100', 0.25],
    [[1, 0], '10', 0],
    [[1, 0], '01', 1],
  ])('%j against %s', (forecasts, bits, expected) => {
    expect(brierScore(forecasts, outcomes(bits))).toBeCloseTo(expected, 12);
  });

  it('keeps its bounds, whatever the order, and does not tell passes from fails', () => {
    fc.assert(
      fc.property(trials, (list) => {
        expect(of(list)).toBeGreaterThanOrEqual(0);
        expect(of(list)).toBeLessThanOrEqual(1);
        expect(of([...list].reverse())).toBeCloseTo(of(list), 12);
        expect(of(list.map(([forecast, outcome]) => [1 - forecast, !outcome]))).toBeCloseTo(of(list), 12);
      }),
    );
  });

  it('never rises when a forecast moves to what happened', () => {
    fc.assert(
      fc.property(trials, fc.nat(), probability, (list, index, share) => {
        const moved = list.map(([forecast, outcome], i): [number, boolean] => [
          i === index % list.length ? forecast + share * (Number(outcome) - forecast) : forecast,
          outcome,
        ]);
        expect(of(moved)).toBeLessThanOrEqual(of(list) + 1e-12);
      }),
    );
  });

  it('is lowest for the forecast that equals the rate', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), probability, (list, forecast) => {
        const rate = list.filter(Boolean).length / list.length;
        const always = (one: number) => of(list.map((outcome) => [one, outcome]));
        expect(always(rate)).toBeLessThanOrEqual(always(forecast) + 1e-12);
        expect(always(rate)).toBeCloseTo(rate * (1 - rate), 12);
      }),
    );
  });

  it.each([
    ['no trials', [], ''],
    ['lists of different length', [0.1], '10'],
    ['a forecast below 0', [-0.1], '1'],
    ['a forecast above 1', [1.1], '1'],
    ['no number', [Number.NaN], '1'],
  ])('refuses %s', (_, forecasts, bits) => {
    expect(() => brierScore(forecasts, outcomes(bits))).toThrow(RangeError);
  });
});
