import { requirePasses } from './require-passes.ts';

/**
 * pass^k: the probability that all of k trials pass, estimated without bias from `passes` of `trials`:
 * C(c, k) / C(n, k). In [0, 1]. Throws a RangeError on passes that do not fit the trials, and unless k is whole and
 * 1 ≤ k ≤ trials.
 *
 * Source: Yao et al. 2024, τ-bench (arXiv 2406.12045).
 */
export function passHatK(trials: number, passes: number, k: number): number {
  requirePasses(trials, passes);
  if (!Number.isInteger(k) || k < 1 || k > trials) {
    throw new RangeError(`k = ${k}: expected a whole number from 1 to the ${trials} trials`);
  }
  // A product of k ratios, since the binomials overflow from about 1,000 trials.
  let result = 1;
  for (let i = 0; i < k && result > 0; i++) result *= (passes - i) / (trials - i);
  return result;
}
