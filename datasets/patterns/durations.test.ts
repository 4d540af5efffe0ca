import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Durations } from './durations.ts';

const microseconds = fc.integer({ min: 0, max: 10_000_000_000 }).map((value) => value / 1000);

function nearestRank(values: number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(q * values.length)) - 1] ?? 0;
}

test('quantiles of few durations are exact, of many within 1 %', () => {
  fc.assert(
    fc.property(fc.array(microseconds, { minLength: 1, maxLength: 1500, size: 'max' }), (values) => {
      const durations = new Durations();
      for (const value of values) durations.add(value);
      for (const q of [0.5, 0.95, 1]) {
        const exact = nearestRank(values, q);
        const tolerance = values.length < 512 ? 0 : Math.max(0.001, exact * 0.01);
        expect(Math.abs(durations.quantile(q) - exact)).toBeLessThanOrEqual(tolerance);
      }
      expect(durations.count).toBe(values.length);
      expect(durations.maxMs).toBe(Math.max(...values));
    }),
    { numRuns: 60 },
  );
});

test('none', () => {
  expect(new Durations().quantile(0.5)).toBe(0);
});
