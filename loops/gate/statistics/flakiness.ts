import { requirePasses } from './require-passes.ts';

/**
 * Flakiness: the probability that two trials of one case disagree, estimated without bias from `passes` of `trials`:
 * 2c(n − c) / (n(n − 1)). 0 when all agree; at most n / (2(n − 1)), so near ½ for many trials and 1 for two. Throws a
 * RangeError below two trials and on passes that do not fit them.
 *
 * Source: Simpson 1949, Measurement of Diversity (Nature 163), for two kinds.
 */
export function flakiness(trials: number, passes: number): number {
  requirePasses(trials, passes);
  if (trials < 2) throw new RangeError(`flakiness of ${trials} trials: expected at least 2`);
  return (2 * passes * (trials - passes)) / (trials * (trials - 1));
}
