export interface McNemar {
  /** Probability of at least so many wins: speaks for the candidate alone. */
  oneSided: number;
  /** Twice the smaller tail, at most 1: speaks for a difference, whichever way. */
  twoSided: number;
  /** Of the two-sided test, with what is as likely as the seen counted half: less strict, and no longer exact. */
  midP: number;
}

/**
 * Exact McNemar test over pairs in which the arms differ: `wins` where only the candidate passed, `losses` where only
 * the base did. Pairs with one outcome do not count. Given their sum, wins are Binomial(wins + losses, ½) when the
 * arms are equal. All three are in (0, 1], 0 only below the smallest double; without any pair the exact ones are 1 and
 * mid-p is ½. Throws a RangeError on counts that are not whole or negative.
 *
 * Source: McNemar 1947; Fagerland, Lydersen & Laake 2013 (BMC Medical Research Methodology 13:91), whose mid-p of
 * wins = losses is 1 − ½·P(wins).
 */
export function exactMcnemar(wins: number, losses: number): McNemar {
  if (!Number.isInteger(wins) || !Number.isInteger(losses) || wins < 0 || losses < 0) {
    throw new RangeError(`${wins} wins and ${losses} losses: expected whole numbers from 0`);
  }
  const pairs = wins + losses;
  const seen = pointProbability(pairs, wins);
  const twoSided = wins === losses ? 1 : Math.min(1, 2 * upperTail(pairs, Math.max(wins, losses)));
  return {
    oneSided: upperTail(pairs, wins),
    twoSided,
    midP: wins === losses ? 1 - seen / 2 : twoSided - seen,
  };
}

/** P(X ≥ k) of X ~ Binomial(n, ½), summed from the term nearest the middle, where underflow cannot matter. */
function upperTail(n: number, k: number): number {
  if (2 * k <= n) return 1 - upperTail(n, n - k + 1);
  let term = pointProbability(n, k);
  let sum = 0;
  for (let i = k; i <= n; i++) {
    sum += term;
    term = (term * (n - i)) / (i + 1);
  }
  return sum;
}

/** C(n, k)·2⁻ⁿ, halved on the way so that it neither overflows nor is 0 too early. */
function pointProbability(n: number, k: number): number {
  const drawn = Math.min(k, n - k);
  let result = 1;
  let halvings = n;
  for (let i = 1; i <= drawn; i++) {
    result = (result * (n - i + 1)) / i;
    while (result > 1) {
      result /= 2;
      halvings--;
    }
  }
  return result * 2 ** -halvings;
}
