import { passHatK } from './pass-hat-k.ts';
import { requirePasses } from './require-passes.ts';

/**
 * pass@k: the probability that at least one of k trials passes, estimated without bias from `passes` of `trials`:
 * 1 − C(n − c, k) / C(n, k), the complement of k failures. In [0, 1]. Throws a RangeError on passes that do not fit the
 * trials, and unless k is whole and 1 ≤ k ≤ trials.
 *
 * Source: Chen et al. 2021, Evaluating Large Language Models Trained on Code (arXiv 2107.03374).
 */
export function passAtK(trials: number, passes: number, k: number): number {
  requirePasses(trials, passes);
  return 1 - passHatK(trials, trials - passes, k);
}
