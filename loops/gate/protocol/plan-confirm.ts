import { attemptLevel } from '../statistics/attempt-level.ts';
import { withstandsFlakiness } from './flaky-power.ts';
import type { DatasetRow } from './pattern-trials.ts';
import type { ProtocolPolicy } from './protocol-policy.ts';
import { chooseScope, type Scope, smallestP } from './scope.ts';

/** What one confirm stage will run and ask for, fixed before its first trial. */
export interface ConfirmPlan {
  attempt: number;
  /** The most that a candidate no better than the base is accepted at this attempt, over all looks. */
  level: number;
  scope: Scope;
  /** Scored trials an arm of each row after which a candidate without a lift is given up; nothing is accepted there. */
  halfway: number;
  /** Scored trials an arm of each row before the first look. */
  trials: number;
  /** Before the last look: more than `trials` where a flaky pattern may be run longer. */
  maxTrials: number;
  /** What p must reach at a look: two looks share the level, whatever the first one shows. */
  lookLevel: number;
  /** With `trials` an arm, when the base always fails and the candidate always passes. */
  smallestP: number;
  /** Whether any outcome could be accepted. */
  possible: boolean;
  /** Trials of both arms up to the last look. */
  mostTrials: number;
}

/**
 * Plans the confirm stage of attempt `attempt` (1, 2, …): the fewest trials, from `policy.trials` up, with which some
 * outcome can be accepted. `budget` is the most trials of both arms over all rows.
 *
 * One pattern may be looked at twice, as a flaky fix needs more trials and its few rows have no others to make up for
 * it: the last look has as many as such a fix needs at this attempt's level (`withstandsFlakiness`). The two looks share
 * the level (Bonferroni): each at the whole of it would accept up to twice as often.
 */
export function planConfirm(
  rows: readonly DatasetRow[],
  attempt: number,
  policy: ProtocolPolicy,
  budget = Number.POSITIVE_INFINITY,
): ConfirmPlan {
  const level = attemptLevel(attempt, policy.alpha, policy.schedule);
  const hidden = rows.filter(isHidden);
  const shape = { patterns: new Set(hidden.map(({ pattern }) => pattern)).size, hidden: hidden.length };
  const scope = chooseScope(shape.patterns, level);
  const run = confirmRows(rows, scope).length * 2;
  const affordable = Math.floor(budget / run);
  const most = Math.min(policy.maxTrials, affordable);
  const longest = Math.min(Math.max(policy.maxTrials, policy.maxFlakyTrials), affordable);
  const reach = (trials: number) => smallestP(scope, shape, trials, policy.draws);
  const looks = (trials: number) => (scope.holdout === 'one-pattern' && trials < longest ? 2 : 1);
  const trials = fewestTrials((count) => reach(count) <= level / looks(count), policy.trials, most);
  const lookLevel = level / looks(trials);
  const withstands = (count: number) => withstandsFlakiness(shape.hidden, count, lookLevel);
  const least = Math.max(most, trials + 1);
  const maxTrials = looks(trials) === 2 ? fewestTrials(withstands, least, longest) : trials;
  return {
    attempt,
    level,
    scope,
    // A flaky fix of one pattern may well fail its first few trials.
    halfway: scope.holdout === 'one-pattern' ? trials : Math.ceil(trials / 2),
    trials,
    maxTrials,
    lookLevel,
    smallestP: reach(trials),
    possible: hidden.length > 0 && trials <= most && reach(trials) <= lookLevel,
    mostTrials: maxTrials * run,
  };
}

/** The fewest trials, from `least` up, with which some outcome can be accepted; `most` where there are none. */
export function fewestTrials(isEnough: (trials: number) => boolean, least: number, most: number): number {
  let trials = least;
  while (trials < most && !isEnough(trials)) trials++;
  return trials;
}

/** Sealed: the fixer has never seen it. */
export function isHidden({ split }: DatasetRow): boolean {
  return split === 'holdout';
}

/** What the confirm stage runs: all hidden rows; for one pattern its visible case too, which must pass as well. */
export function confirmRows<Row extends DatasetRow>(rows: readonly Row[], { holdout }: Scope): Row[] {
  return rows.filter((row) => isHidden(row) || (holdout === 'one-pattern' && row.split === 'dev'));
}
