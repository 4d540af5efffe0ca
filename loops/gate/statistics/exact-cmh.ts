import { choose } from './choose.ts';
import { requirePasses } from './require-passes.ts';

/** Passes of one case in both arms. Trials that ended in an infrastructure error are not counted at all. */
export interface CasePasses {
  baseTrials: number;
  basePasses: number;
  candidateTrials: number;
  candidatePasses: number;
}

/**
 * Exact one-sided Cochran–Mantel–Haenszel test: the probability of at least as many candidate passes as were seen,
 * when within each case the passes fall on the arms at random (given how many there are).
 *
 * Per case the candidate's passes are Hypergeometric(base + candidate trials, passes, candidate trials); their sum
 * is the convolution over the cases. With one trial an arm this is the exact one-sided McNemar test. It speaks for
 * these fixed cases only. p is in (0, 1]; no cases give 1. Throws a RangeError on counts that are not whole or do not
 * fit their trials.
 *
 * Source: Agresti, Categorical Data Analysis, 3rd ed., 7.3.5; Mantel & Haenszel 1959.
 */
export function exactCmh(cases: readonly CasePasses[]): number {
  const strata = cases.map(candidatePasses);
  const observed = strata.reduce((sum, { extra }) => sum + extra, 0);
  if (observed === 0) return 1;
  // Sums below the one observed, behind room for as many zeros as a convolution reads; what reaches it is tail for good.
  const pad = Math.max(...strata.map(({ weights }) => weights.length));
  const below = new Float64Array(pad + observed);
  below[pad] = 1;
  let tail = 0;
  let highest = 0;
  let remaining = strata.reduce((sum, { weights }) => sum + weights.length - 1, 0);
  for (const { weights } of strata) {
    remaining -= weights.length - 1;
    for (let sum = Math.max(0, observed - weights.length + 1); sum <= highest; sum++) {
      for (let more = observed - sum; more < weights.length; more++) {
        tail += at(below, pad + sum) * at(weights, more);
      }
    }
    highest = Math.min(highest + weights.length - 1, observed - 1);
    // Downwards, so that what is read was not yet written; sums that can no longer reach the observed one are left.
    for (let sum = highest; sum >= Math.max(0, observed - remaining); sum--) {
      let mass = 0;
      for (let more = 0; more < weights.length; more++)
        mass += at(below, pad + sum - more) * at(weights, more);
      below[pad + sum] = mass;
    }
  }
  return Math.min(1, tail);
}

/**
 * The smallest p that `cases` cases of `trials` trials an arm can reach: base 0 of N, candidate N of N in each,
 * C(2N, N)^−cases.
 */
export function smallestCmhP(cases: number, trials: number): number {
  return choose(2 * trials, trials) ** -cases;
}

/** `weights[i]`: the probability of `i` candidate passes more than the fewest possible; `extra` were seen. */
function candidatePasses({ baseTrials, basePasses, candidateTrials, candidatePasses: seen }: CasePasses) {
  requirePasses(baseTrials, basePasses);
  requirePasses(candidateTrials, seen);
  const passes = basePasses + seen;
  const low = Math.max(0, passes - baseTrials);
  const high = Math.min(passes, candidateTrials);
  const all = choose(baseTrials + candidateTrials, passes);
  const weights = Float64Array.from(
    { length: high - low + 1 },
    (_, i) => (choose(candidateTrials, low + i) * choose(baseTrials, passes - low - i)) / all,
  );
  return { extra: seen - low, weights };
}

function at(values: Float64Array, index: number): number {
  return values[index] as number;
}
