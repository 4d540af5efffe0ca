import { seededRandom } from './seeded-random.ts';

/** Above this many differences the sign patterns are sampled: half of them are 2¹⁶ sums, still under a millisecond. */
const EXACT_UP_TO = 32;
/** Sums that differ by less than this share of Σ|d| are ties that rounding has split. */
const TIE = 1e-9;

/** For more differences than can be enumerated: sign patterns to draw, and the seed that they are drawn with. */
export interface SignFlipOptions {
  draws: number;
  seed: number;
}

/**
 * One-sided sign-flip test: the probability of a sum at least as large as the one seen when each difference is as
 * likely to have the other sign. It is the exact randomization test of a distribution symmetric about zero. Ties
 * count against the claim. p is in (0, 1]; no differences give 1. Up to 32 differences it is exact, over all 2ⁿ sign
 * patterns; beyond, (1 + hits) / (1 + draws) of a seeded sample.
 *
 * Source: Fisher 1935, The Design of Experiments, §21; Phipson & Smyth 2010 for the sampled form.
 */
export function signFlip(differences: readonly number[], options: SignFlipOptions): number {
  const sizes = differences.map(Math.abs);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (!Number.isFinite(total)) throw new RangeError('differences must be finite');
  const seen = differences.reduce((sum, value) => sum + value, 0) - TIE * total;
  return sizes.length <= EXACT_UP_TO ? exactShare(sizes, seen) : sampledShare(sizes, seen, options);
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

/** The smallest p that `clusters` differences can reach: 2^−clusters, or what the draws leave when sampled. */
export function smallestSignFlipP(clusters: number, draws: number): number {
  return clusters <= EXACT_UP_TO ? 2 ** -clusters : 1 / (1 + draws);
}

/** Share of sign patterns with a sum of at least `least`: both halves' sums in order, walked against each other. */
function exactShare(sizes: readonly number[], least: number): number {
  const half = sizes.length >> 1;
  const left = signedSums(sizes.slice(0, half));
  const right = signedSums(sizes.slice(half));
  let hits = 0;
  let enough = right.length;
  for (const sum of left) {
    while (enough > 0 && sum + at(right, enough - 1) >= least) enough--;
    hits += right.length - enough;
  }
  return hits / 2 ** sizes.length;
}

/** All 2ⁿ sums of the sizes with either sign, ascending. */
function signedSums(sizes: readonly number[]): Float64Array {
  let sums = new Float64Array([0]);
  for (const size of sizes) {
    const next = new Float64Array(sums.length * 2);
    let low = 0;
    let high = 0;
    for (let i = 0; i < next.length; i++) {
      const down = low < sums.length ? at(sums, low) - size : Number.POSITIVE_INFINITY;
      const up = high < sums.length ? at(sums, high) + size : Number.POSITIVE_INFINITY;
      if (down <= up) low++;
      else high++;
      next[i] = Math.min(down, up);
    }
    sums = next;
  }
  return sums;
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
  return values[index] ?? Number.NaN;
}
