import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTEMPTS, attemptLevel } from './attempt-level.ts';
import { bootstrapMedian } from './bootstrap-median.ts';
import { type CasePasses, exactCmh, smallestCmhP } from './exact-cmh.ts';
import { median, medianError, standardDeviation } from './median.ts';
import { seededRandom } from './seeded-random.ts';

const of =
  (trials: number) =>
  ([basePasses, candidatePasses]: [number, number]): CasePasses => ({
    baseTrials: trials,
    basePasses,
    candidateTrials: trials,
    candidatePasses,
  });

const anyCase = fc
  .record({ baseTrials: fc.integer({ min: 0, max: 8 }), candidateTrials: fc.integer({ min: 0, max: 8 }) })
  .chain(({ baseTrials, candidateTrials }) =>
    fc.record({
      baseTrials: fc.constant(baseTrials),
      candidateTrials: fc.constant(candidateTrials),
      basePasses: fc.integer({ min: 0, max: baseTrials }),
      candidatePasses: fc.integer({ min: 0, max: candidateTrials }),
    }),
  );
const cases = fc.array(anyCase, { maxLength: 12 });

/** By the definition: every subset of a case's trials, of as many as passed, is as likely; the first are the candidate's. */
function enumerateCmh(list: readonly CasePasses[]): number {
  let sums = [0];
  for (const { baseTrials, candidateTrials, basePasses, candidatePasses } of list) {
    const trials = Array.from({ length: baseTrials + candidateTrials }, (_, i) => i);
    const subsets = Array.from({ length: 2 ** trials.length }, (_, bits) =>
      trials.filter((i) => bits & (1 << i)),
    ).filter(({ length }) => length === basePasses + candidatePasses);
    const own = subsets.map((subset) => subset.filter((i) => i < candidateTrials).length);
    sums = sums.flatMap((sum) => own.map((passes) => sum + passes));
  }
  const seen = list.reduce((sum, { candidatePasses }) => sum + candidatePasses, 0);
  return sums.filter((sum) => sum >= seen).length / sums.length;
}

describe('exactCmh', () => {
  it.each([
    [
      3,
      [
        [0, 3],
        [0, 3],
        [1, 3],
      ],
      0.0005,
    ],
    [5, [[0, 5]], 1 / 252],
    [
      3,
      [
        [1, 2],
        [0, 2],
        [2, 2],
        [3, 2],
        [0, 0],
        [3, 3],
      ],
      0.34,
    ],
    [4, [[0, 4]], 1 / 70],
    [6, [[0, 6]], 1 / 924],
    [5, [[0, 4]], 5 / 210],
  ] as [number, [number, number][], number][])('N %i %j gives %f', (trials, passes, p) => {
    expect(exactCmh(passes.map(of(trials)))).toBeCloseTo(p, 12);
  });

  it.each([
    [6, 0, 0.015625],
    [9, 2, 0.032715],
    [15, 5, 0.020695],
  ])('is exact one-sided McNemar at N = 1: %i wins, %i losses', (wins, losses, p) => {
    const rows = [...Array(wins).fill([0, 1]), ...Array(losses).fill([1, 0]), [1, 1], [0, 0]];
    expect(exactCmh(rows.map(of(1)))).toBeCloseTo(p, 6);
  });

  it('gives 0 of 5 → 7 of 10 what escalation stands on', () => {
    expect(exactCmh([of(10)([0, 7])])).toBeCloseTo(0.0015, 4);
  });

  it('does not depend on the order of the cases, and stays in (0, 1]', () => {
    fc.assert(
      fc.property(cases, (list) => {
        const p = exactCmh(list);
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(exactCmh([...list].reverse())).toBeCloseTo(p, 10);
      }),
    );
  });

  it('never grows when a failed candidate trial becomes a pass in place of a base pass', () => {
    fc.assert(
      fc.property(cases, anyCase, (list, one) => {
        fc.pre(one.basePasses > 0 && one.candidatePasses < one.candidateTrials);
        const moved = { ...one, basePasses: one.basePasses - 1, candidatePasses: one.candidatePasses + 1 };
        expect(exactCmh([...list, moved])).toBeLessThanOrEqual(exactCmh([...list, one]) + 1e-12);
      }),
    );
  });

  it('is symmetric in the arms: the two tails share only the observed sum', () => {
    fc.assert(
      fc.property(cases, (list) => {
        const swapped = list.map((one) => ({
          baseTrials: one.candidateTrials,
          basePasses: one.candidatePasses,
          candidateTrials: one.baseTrials,
          candidatePasses: one.basePasses,
        }));
        expect(exactCmh(list) + exactCmh(swapped)).toBeGreaterThanOrEqual(1 - 1e-12);
      }),
    );
  });

  it('is never below the smallest p, and reaches it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }), (count, trials) => {
        const best = Array.from({ length: count }, () => of(trials)([0, trials]));
        expect(exactCmh(best)).toBeCloseTo(smallestCmhP(count, trials), 12);
      }),
    );
  });

  it('is the tail of all ways to give the passes of each case to its trials', () => {
    const few = fc.array(
      anyCase.filter(({ baseTrials, candidateTrials }) => baseTrials + candidateTrials <= 6),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(few, (list) => {
        expect(exactCmh(list)).toBeCloseTo(enumerateCmh(list), 12);
      }),
    );
  });

  it('refuses passes that do not fit', () => {
    expect(() => exactCmh([of(3)([0, 4])])).toThrow(RangeError);
  });
});

it('attempt levels are α/(i(i+1)) and sum to less than α', () => {
  expect([1, 2, 3].map((i) => attemptLevel(i, 0.05))).toEqual([0.025, 0.05 / 6, 0.05 / 12]);
  const sum = Array.from({ length: 1000 }, (_, i) => attemptLevel(i + 1, 0.05)).reduce((a, b) => a + b, 0);
  expect(sum).toBeLessThan(0.05);
  expect(() => attemptLevel(0, 0.05)).toThrow(RangeError);
});

it('flat attempt levels are α/20, and there are twenty', () => {
  expect(attemptLevel(1, 0.05, 'flat')).toBe(0.0025);
  expect(attemptLevel(ATTEMPTS, 0.05, 'flat')).toBe(0.0025);
  expect(() => attemptLevel(ATTEMPTS + 1, 0.05, 'flat')).toThrow(RangeError);
});

describe('bootstrapMedian', () => {
  const values = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 40 });
  const options = { draws: 400, seed: 7 };

  it('brackets the median within the values, whatever their order', () => {
    fc.assert(
      fc.property(values, (list) => {
        const { lower95, upper95 } = bootstrapMedian(list, options);
        expect(lower95).toBeGreaterThanOrEqual(Math.min(...list));
        expect(upper95).toBeLessThanOrEqual(Math.max(...list));
        expect(lower95).toBeLessThanOrEqual(upper95);
        expect(bootstrapMedian([...list].reverse(), options)).toEqual({ lower95, upper95 });
      }),
    );
  });

  it('never falls when a value rises', () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.double({ min: 0, max: 2, noNaN: true }), (list, index, rise) => {
        const raised = list.map((value, i) => (i === index % list.length ? value + rise : value));
        expect(bootstrapMedian(raised, options).lower95).toBeGreaterThanOrEqual(
          bootstrapMedian(list, options).lower95,
        );
      }),
    );
  });

  it('covers a true median of 0 about as often as it says', () => {
    const random = seededRandom(3);
    let above = 0;
    for (let round = 0; round < 400; round++) {
      const list = Array.from({ length: 21 }, () => random() + random() - 1);
      if (bootstrapMedian(list, options).lower95 > 0) above++;
    }
    expect(above / 400).toBeGreaterThan(0.02);
    expect(above / 400).toBeLessThan(0.09);
  });

  it('refuses an empty list', () => {
    expect(() => bootstrapMedian([], options)).toThrow(RangeError);
  });
});

it('median: the middle of an odd count, the mean of two, infinities as values', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY);
  expect(median([])).toBeNaN();
  expect(median([100, 104, 98, 150, 101]) / median([80, 84, 79, 82, 81])).toBeCloseTo(1.246914, 6);
});

it('standardDeviation is the sample one', () => {
  expect(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(2.13809, 5);
});

it('seededRandom repeats for a seed, differs between seeds, is uniform over [0, 1)', () => {
  const take = (seed: number) => Array.from({ length: 20000 }, seededRandom(seed));
  const numbers = take(1);
  expect(take(1)).toEqual(numbers);
  expect(take(2)).not.toEqual(numbers);
  const tenths = Array.from({ length: 10 }, (_, i) => numbers.filter((x) => Math.floor(x * 10) === i).length);
  for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(200);
});

describe('medianError', () => {
  it('is √(π/2)·1.4826·MAD/√n', () => {
    expect(medianError([1, 2, 3, 4, 5])).toBeCloseTo((Math.sqrt(Math.PI / 2) * 1.4826) / Math.sqrt(5), 12);
    expect(medianError([1])).toBe(Number.POSITIVE_INFINITY);
  });

  it('is near the spread of medians that are drawn again and again', () => {
    const random = seededRandom(7);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const draws = Array.from({ length: 400 }, () => Array.from({ length: 41 }, normal));
    const seen = standardDeviation(draws.map(median));
    const told = median(draws.map(medianError));
    expect(told / seen).toBeGreaterThan(0.85);
    expect(told / seen).toBeLessThan(1.15);
  });
});
