import { seededRandom } from './seeded-random.ts';

export interface Interval {
  /** One-sided 95 % lower bound: the 5th percentile of the resampled medians. */
  lower95: number;
  /** One-sided 95 % upper bound: their 95th percentile. */
  upper95: number;
}

/**
 * Percentile bootstrap of the median, in the unit of `values` (for speed: logarithms of ratios). Values are sorted
 * first, so their order never matters; the same seed gives the same bounds. Infinities are allowed and may come back
 * as a bound. Throws a RangeError when there are no values.
 *
 * Source: Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 13.
 */
export function bootstrapMedian(
  values: readonly number[],
  options: { draws: number; seed: number },
): Interval {
  if (values.length === 0) throw new RangeError('no values to resample');
  const sorted = Float64Array.from(values).sort();
  const random = seededRandom(options.seed);
  const counts = new Uint32Array(sorted.length);
  const medians = new Float64Array(options.draws);
  for (let draw = 0; draw < options.draws; draw++) {
    counts.fill(0);
    for (let i = 0; i < sorted.length; i++) {
      const index = Math.floor(random() * sorted.length);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    medians[draw] = middleOf(sorted, counts);
  }
  medians.sort();
  return {
    lower95: at(medians, Math.floor(0.05 * options.draws)),
    upper95: at(medians, Math.ceil(0.95 * options.draws) - 1),
  };
}

/** Median of a resample that is given as how often each sorted value was drawn. */
function middleOf(sorted: Float64Array, counts: Uint32Array): number {
  const half = sorted.length / 2;
  let seen = 0;
  for (let i = 0; i < sorted.length; i++) {
    seen += at(counts, i);
    if (seen > half) return at(sorted, i);
    if (seen === half) {
      let next = i + 1;
      while (at(counts, next) === 0) next++;
      return (at(sorted, i) + at(sorted, next)) / 2;
    }
  }
  return Number.NaN;
}

function at(values: Float64Array | Uint32Array, index: number): number {
  return values[index] ?? Number.NaN;
}
