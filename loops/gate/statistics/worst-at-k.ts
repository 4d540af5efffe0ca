/**
 * Worst-at-k: the expected lowest score of k trials, estimated without bias from all `scores`, in their unit:
 * Σ s₍ᵢ₎·C(n − i, k − 1) / C(n, k) over the scores in ascending order. Between the lowest score and the mean, which it
 * is at k = 1; of scores 0 and 1 it is pass^k. Throws a RangeError on a score that is not finite, and unless k is
 * whole and 1 ≤ k ≤ number of scores.
 *
 * Source: of the C(n, k) draws, C(n − i, k − 1) have the i-th lowest score as their lowest.
 */
export function worstAtK(scores: readonly number[], k: number): number {
  const n = scores.length;
  if (!Number.isInteger(k) || k < 1 || k > n) {
    throw new RangeError(`k = ${k}: expected a whole number from 1 to the ${n} scores`);
  }
  if (!scores.every(Number.isFinite)) throw new RangeError('a score is not finite');
  // Each weight from the one before: C(n − i − 1, k − 1) / C(n − i, k − 1) = (n − i − k + 1) / (n − i).
  let weight = k / n;
  let sum = 0;
  for (const [index, score] of Float64Array.from(scores).sort().entries()) {
    const i = index + 1;
    sum += weight * score;
    weight = (weight * (n - i - k + 1)) / (n - i);
  }
  return sum;
}
