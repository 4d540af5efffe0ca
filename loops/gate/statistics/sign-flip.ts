import { seededRandom } from './seeded-random.ts';

/** So many differences are enumerated whatever their values: at most 2²⁰ sums. */
const EXACT_UP_TO = 20;
/** More are, for as long as their sums tie so often that no more than this many are different. */
const MAX_SUMS = 2 ** 13;
/** Shares of Σ|d|: sums this near each other are one sum, and a sum this little below the one seen ties with it. */
const SAME = 1e-12;
const TIE = 1e-9;

/** Where enumerating is too much: sign patterns to draw, and the seed that they are drawn with. */
export interface SignFlipOptions {
  draws: number;
  seed: number;
}

/**
 * One-sided sign-flip test: the probability of a sum at least as large as the one seen when each difference is as
 * likely to have the other sign. It is the exact randomization test of a distribution symmetric about zero. Ties
 * count against the claim. p is in (0, 1]; no differences give 1. Up to 20 differences it is exact, over all 2ⁿ sign
 * patterns, and beyond while their sums tie, as those of pass rates of N trials do; else (1 + hits) / (1 + draws) of a
 * seeded sample. Throws a RangeError for differences that are not finite.
 *
 * Source: Fisher 1935, The Design of Experiments, §21; Phipson & Smyth 2010 for the sampled form.
 */
export function signFlip(differences: readonly number[], options: SignFlipOptions): number {
  const sizes = differences.map(Math.abs);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (!Number.isFinite(total)) throw new RangeError('differences must be finite');
  const least = differences.reduce((sum, value) => sum + value, 0) - TIE * total;
  return exactShare(sizes, total, least) ?? sampledShare(sizes, least, options);
}

/**
 * Sign-flip over whole clusters, for differences that are alike within a cluster. A cluster is its mean, so that each
 * counts once however many members it has; empty ones are left out.
 *
 * Source: Canay, Romano & Shaikh 2017, Randomization Tests under an Approximate Symmetry Assumption.
 */
export function clusterSignFlip(clusters: readonly (readonly number[])[], options: SignFlipOptions): number {
  const means = clusters
    .filter(({ length }) => length > 0)
    .map((members) => members.reduce((sum, value) => sum + value, 0) / members.length);
  return signFlip(means, options);
}

/** The smallest p that is sure to be within reach of `clusters` differences: 2^−clusters, or what sampling leaves. */
export function smallestSignFlipP(clusters: number, draws: number): number {
  return clusters <= EXACT_UP_TO ? 2 ** -clusters : Math.max(2 ** -clusters, 1 / (1 + draws));
}

/** Different sums of the sizes with either sign, ascending, each with its share of the sign patterns. */
interface Sums {
  values: Float64Array;
  shares: Float64Array;
  length: number;
}

/** Share of sign patterns with a sum of at least `least`; null where the different sums are too many. */
function exactShare(sizes: readonly number[], total: number, least: number): number | null {
  let sums: Sums = { values: new Float64Array([0]), shares: new Float64Array([1]), length: 1 };
  for (const size of sizes) {
    sums = withSize(sums, size, SAME * total);
    if (sizes.length > EXACT_UP_TO && sums.length > MAX_SUMS) return null;
  }
  let share = 0;
  for (let i = sums.length - 1; i >= 0 && at(sums.values, i) >= least; i--) share += at(sums.shares, i);
  return share;
}

/** One size more: its sums less the size and its sums plus the size, merged in order. */
function withSize({ values, shares, length }: Sums, size: number, same: number): Sums {
  const next: Sums = {
    values: new Float64Array(length * 2),
    shares: new Float64Array(length * 2),
    length: 0,
  };
  let last = Number.NEGATIVE_INFINITY;
  for (let low = 0, high = 0; high < length; ) {
    const isLow = low < length && at(values, low) - size <= at(values, high) + size;
    const value = isLow ? at(values, low) - size : at(values, high) + size;
    const half = at(shares, isLow ? low++ : high++) / 2;
    if (value - last > same) {
      next.values[next.length] = value;
      next.shares[next.length++] = half;
      last = value;
    } else next.shares[next.length - 1] = at(next.shares, next.length - 1) + half;
  }
  return next;
}

/** Eight differences share a table of their 256 signed sums, so that a random byte sets eight signs at once. */
function sampledShare(sizes: readonly number[], least: number, { draws, seed }: SignFlipOptions): number {
  const random = seededRandom(seed);
  const tables = Array.from({ length: Math.ceil(sizes.length / 8) }, (_, group) =>
    Float64Array.from({ length: 256 }, (_, signs) =>
      sizes
        .slice(group * 8, group * 8 + 8)
        .reduce((sum, size, bit) => (signs & (1 << bit) ? sum + size : sum - size), 0),
    ),
  );
  let hits = 0;
  for (let draw = 0; draw < draws; draw++) {
    let sum = 0;
    let signs = 0;
    for (let group = 0; group < tables.length; group++) {
      signs = group % 4 === 0 ? Math.floor(random() * 2 ** 32) : signs >>> 8;
      sum += tables[group]?.[signs & 255] ?? 0;
    }
    if (sum >= least) hits++;
  }
  return (1 + hits) / (1 + draws);
}

function at(values: Float64Array, index: number): number {
  return values[index] as number;
}
