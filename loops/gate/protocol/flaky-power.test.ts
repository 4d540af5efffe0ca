import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactCmh } from '../statistics/exact-cmh.ts';
import { seededRandom } from '../statistics/seeded-random.ts';
import { withstandsFlakiness } from './flaky-power.ts';

const fewest = (hidden: number, level: number) => {
  let trials = 1;
  while (!withstandsFlakiness(hidden, trials, level)) trials += 1;
  return trials;
};

describe('withstandsFlakiness', () => {
  it('asks for more trials at a later attempt, and for fewer of more rows', () => {
    const at = (attempt: number) => 0.05 / (attempt * (attempt + 1)) / 2;
    expect([1, 5, 9, 20].map((attempt) => fewest(1, at(attempt)))).toEqual([7, 11, 12, 13]);
    expect(fewest(2, at(20))).toBeLessThan(fewest(1, at(20)));
  });

  it('holds by simulation: of right fixes that fail one trial in ten nearly all are accepted', () => {
    const random = seededRandom(7);
    for (const hidden of [1, 2, 4]) {
      const level = 0.05 / 90 / 2;
      const trials = fewest(hidden, level);
      let accepted = 0;
      const draws = 2_000;
      for (let draw = 0; draw < draws; draw++) {
        const rows = Array.from({ length: hidden }, () => ({
          baseTrials: trials,
          basePasses: 0,
          candidateTrials: trials,
          candidatePasses: Array.from({ length: trials }, random).filter((one) => one < 0.9).length,
        }));
        if (exactCmh(rows) <= level) accepted += 1;
      }
      expect(accepted / draws, `${hidden} rows, ${trials} trials`).toBeGreaterThan(0.93);
    }
  });

  it('is not undone by a looser level', () => {
    const level = fc.double({ min: 1e-6, max: 0.05, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 20 }),
        level,
        (hidden, trials, at) => {
          if (withstandsFlakiness(hidden, trials, at))
            expect(withstandsFlakiness(hidden, trials, Math.min(1, at * 2))).toBe(true);
        },
      ),
    );
  });
});
