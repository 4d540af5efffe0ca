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
  let distribution = [1];
  let observed = 0;
  for (const one of cases) {
    const { low, weights } = candidatePasses(one);
    observed += one.candidatePasses - low;
    distribution = convolve(distribution, weights);
  }
  const tail = distribution.slice(observed).reduceRight((sum, weight) => sum + weight, 0);
  return Math.min(1, tail);
}

/**
 * The smallest p that `cases` cases of `trials` trials an arm can reach: base 0 of N, candidate N of N in each,
 * C(2N, N)^−cases.
 */
export function smallestCmhP(cases: number, trials: number): number {
  return choose(2 * trials, trials) ** -cases;
}

function candidatePasses({ baseTrials, basePasses, candidateTrials, candidatePasses: seen }: CasePasses) {
  requirePasses(baseTrials, basePasses);
  requirePasses(candidateTrials, seen);
  const passes = basePasses + seen;
  const low = Math.max(0, passes - baseTrials);
  const high = Math.min(passes, candidateTrials);
  const all = choose(baseTrials + candidateTrials, passes);
  const weights = Array.from(
    { length: high - low + 1 },
    (_, i) => (choose(candidateTrials, low + i) * choose(baseTrials, passes - low - i)) / all,
  );
  return { low, weights };
}

function convolve(a: readonly number[], b: readonly number[]): number[] {
  const out = new Array<number>(a.length + b.length - 1).fill(0);
  a.forEach((x, i) => {
    b.forEach((y, j) => {
      out[i + j] = (out[i + j] ?? 0) + x * y;
    });
  });
  return out;
}
