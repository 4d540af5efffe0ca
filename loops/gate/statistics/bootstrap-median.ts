import { type Random, seededRandom } from './seeded-random.ts';

export interface BootstrapOptions {
  draws: number;
  seed: number;
}

export interface Interval {
  /** One-sided 95 % lower bound: the 5th percentile of the resampled medians. */
  lower95: number;
  /** One-sided 95 % upper bound: their 95th percentile. */
  upper95: number;
}

/**
 * Percentile bootstrap of the median, in the unit of `values` (for speed: logarithms of ratios). The order of the values
 * never matters; the same seed gives the same bounds. Infinities are allowed and may come back as a bound. Throws a
 * RangeError when there are no values.
 *
 * Source: Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 13.
 */
export function bootstrapMedian(values: readonly number[], options: BootstrapOptions): Interval {
  const quantile = resampleMedians([values], options);
  return { lower95: quantile(0.05), upper95: quantile(0.95) };
}

export interface Range99 {
  /** Two-sided 99 % bounds: the percentiles 0.5 and 99.5 of the resampled medians. */
  low: number;
  high: number;
}

/**
 * Two-stage percentile bootstrap of the median of all values: groups are resampled, then the values within each. Where a
 * group shifts all that is measured in it (a session's fresh containers), resampling values alone knows nothing of those
 * shifts, and gives bounds that the next measurement misses. Neither the order of the groups nor that of their values
 * matters; a group without values counts for nothing. Throws a RangeError when there are no values.
 *
 * Source: Davison & Hinkley 1997, Bootstrap Methods and their Application, 3.8.
 */
export function bootstrapMedianOfGroups(
  groups: readonly (readonly number[])[],
  options: BootstrapOptions,
): Range99 {
  const quantile = resampleMedians(groups, options);
  return { low: quantile(0.005), high: quantile(0.995) };
}

/** Quantiles of the medians of resampled groups. */
function resampleMedians(
  groups: readonly (readonly number[])[],
  { draws, seed }: BootstrapOptions,
): (share: number) => number {
  const measured = groups.filter((group) => group.length > 0).map((group) => Float64Array.from(group).sort());
  if (measured.length === 0) throw new RangeError('no values to resample');
  measured.sort(byValues);
  const sorted = Float64Array.from(measured.flatMap((group) => [...group])).sort();
  const places = placesOf(measured, sorted);
  const random = seededRandom(seed);
  const counts = new Uint32Array(sorted.length);
  const medians = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    counts.fill(0);
    medians[draw] = middleOf(sorted, counts, resample(places, counts, random));
  }
  medians.sort();
  // The same number of medians lies beyond either end's quantile.
  return (share) =>
    at(medians, share < 0.5 ? Math.floor(share * draws) : draws - 1 - Math.floor((1 - share) * draws));
}

/** Fills `counts` with how often each place was drawn; the number of draws. */
function resample(places: readonly Uint32Array[], counts: Uint32Array, random: Random): number {
  let drawn = 0;
  for (let i = 0; i < places.length; i++) {
    // One group alone is drawn for certain.
    const group = places[places.length === 1 ? 0 : Math.floor(random() * places.length)] ?? new Uint32Array();
    for (let j = 0; j < group.length; j++) {
      const place = at(group, Math.floor(random() * group.length));
      counts[place] = at(counts, place) + 1;
    }
    drawn += group.length;
  }
  return drawn;
}

/** Where each group's values stand among all sorted values; equal ones share a place, which no median minds. */
function placesOf(groups: readonly Float64Array[], sorted: Float64Array): Uint32Array[] {
  return groups.map((group) => Uint32Array.from(group, (value) => sorted.indexOf(value)));
}

function byValues(a: Float64Array, b: Float64Array): number {
  if (a.length !== b.length) return a.length - b.length;
  const differs = a.findIndex((value, i) => value !== b[i]);
  return differs === -1 ? 0 : at(a, differs) < at(b, differs) ? -1 : 1;
}

/** Median of a resample of `drawn` values that is given as how often each sorted value was drawn. */
function middleOf(sorted: Float64Array, counts: Uint32Array, drawn: number): number {
  const half = drawn / 2;
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
