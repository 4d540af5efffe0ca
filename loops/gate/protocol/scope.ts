import { exactCmh, smallestCmhP } from '../statistics/exact-cmh.ts';
import { clusterSignFlip, type SignFlipOptions, smallestSignFlipP } from '../statistics/sign-flip.ts';
import { liftOf, type PatternTrials, toCasePasses } from './pattern-trials.ts';

/** Which test speaks, and what its verdict claims: a stronger claim needs more patterns. */
export type Scope =
  | { holdout: 'one-pattern'; test: 'exact-cmh'; claim: 'this pattern is fixed' }
  | { holdout: 'several-patterns'; test: 'exact-cmh'; claim: 'on this set' }
  | {
      holdout: 'many-patterns';
      test: 'cluster-sign-flip';
      claim: 'in general, for cases like these';
    };

/**
 * By the holdout's number of patterns and the attempt's level, before any trial: a sign-flip over k patterns cannot go
 * below 2^−k, so that with fewer it could accept nothing, and the exact test speaks with its narrower claim.
 */
export function chooseScope(patterns: number, level: number): Scope {
  if (patterns <= 1) return { holdout: 'one-pattern', test: 'exact-cmh', claim: 'this pattern is fixed' };
  if (2 ** -patterns > level) return { holdout: 'several-patterns', test: 'exact-cmh', claim: 'on this set' };
  return { holdout: 'many-patterns', test: 'cluster-sign-flip', claim: 'in general, for cases like these' };
}

/** One-sided p over the hidden rows; rows that an arm never ran say nothing. */
export function scopeP({ test }: Scope, hidden: readonly PatternTrials[], options: SignFlipOptions): number {
  switch (test) {
    case 'exact-cmh':
      return exactCmh(hidden.map(toCasePasses));
    case 'cluster-sign-flip':
      return clusterSignFlip([...liftsByPattern(hidden).values()], options);
  }
}

/** The smallest p that any outcome of `trials` trials an arm can reach. */
export function smallestP(
  { test }: Scope,
  shape: { patterns: number; hidden: number },
  trials: number,
  draws: number,
): number {
  switch (test) {
    case 'exact-cmh':
      return smallestCmhP(shape.hidden, trials);
    case 'cluster-sign-flip':
      return smallestSignFlipP(shape.patterns, draws);
  }
}

function liftsByPattern(rows: readonly PatternTrials[]): Map<string, number[]> {
  const lifts = new Map<string, number[]>();
  for (const row of rows) {
    const lift = liftOf(row);
    if (lift !== null) lifts.set(row.pattern, [...(lifts.get(row.pattern) ?? []), lift]);
  }
  return lifts;
}
