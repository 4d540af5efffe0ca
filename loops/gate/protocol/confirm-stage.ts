import type { Reason, ReasonCode } from '../reason.ts';
import { passesMost } from '../tally.ts';
import {
  givenUp,
  infraErrorsOf,
  lackingTrials,
  meanLift,
  nameOf,
  type PatternTrials,
  type TrialRequest,
} from './pattern-trials.ts';
import { type ConfirmPlan, confirmRows, isHidden } from './plan-confirm.ts';
import type { ProtocolPolicy } from './protocol-policy.ts';
import { type Scope, scopeP } from './scope.ts';

export interface ConfirmResult {
  /** `more`: run what `requests` says, then ask again. Nothing but `accepted` is an acceptance. */
  verdict: 'accepted' | 'rejected' | 'more' | 'inconclusive';
  /** Empty when accepted. */
  reasons: Reason[];
  requests: TrialRequest[];
  figures: ConfirmFigures;
}

export interface ConfirmFigures {
  attempt: number;
  test: Scope['test'];
  claim: Scope['claim'];
  /** One-sided; null before a look. */
  p: number | null;
  /** What p had to reach at this look. */
  level: number;
  /** Mean over the hidden rows of the candidate's pass rate less the base's. */
  lift: number;
  patterns: number;
  hidden: number;
  /** Fewest scored trials of an arm on a row. */
  trials: number;
  infraErrors: number;
}

/**
 * The confirm stage on fresh trials of both arms on the sealed holdout. There is a look at `plan.trials` trials an arm
 * of each row and, for one pattern that turned out flaky, a last one at `plan.maxTrials`; between looks nothing is
 * tested, but from halfway on a candidate without a lift over several patterns is given up. Errors of the infrastructure are run again, and beyond a limit nothing is concluded.
 */
export function confirmStage(
  rows: readonly PatternTrials[],
  plan: ConfirmPlan,
  policy: ProtocolPolicy,
): ConfirmResult {
  const own = confirmRows(rows, plan.scope);
  const hidden = own.filter(isHidden);
  const counts = own.flatMap(({ base, candidate }) => [base.trials, candidate.trials]);
  // No row has more than the first look asks for unless that look asked for more.
  const isLast = plan.trials === plan.maxTrials || Math.max(...counts) > plan.trials;
  const wanted = isLast ? plan.maxTrials : plan.trials;
  const early = lackingTrials(own, plan.halfway);
  const requests = early.length > 0 ? early : lackingTrials(own, wanted);
  const p = requests.length > 0 ? null : scopeP(plan.scope, hidden, lookSeed(plan, policy));
  const result = (
    verdict: ConfirmResult['verdict'],
    reasons: Reason[] = [],
    more: TrialRequest[] = [],
  ): ConfirmResult => ({
    verdict,
    reasons,
    requests: more,
    figures: {
      attempt: plan.attempt,
      test: plan.scope.test,
      claim: plan.scope.claim,
      p,
      level: plan.lookLevel,
      lift: meanLift(hidden),
      patterns: new Set(hidden.map(({ pattern }) => pattern)).size,
      hidden: hidden.length,
      trials: counts.length === 0 ? 0 : Math.min(...counts),
      infraErrors: infraErrorsOf(own),
    },
  });

  if (!plan.possible) return result('inconclusive', [unreachable(plan)]);
  const lost = givenUp(own, policy.maxInfraErrors);
  if (lost.length > 0) {
    return result('inconclusive', [
      reason('error', `infrastructure failed over ${policy.maxInfraErrors} times on ${names(lost)}`),
    ]);
  }
  const onePattern = plan.scope.holdout === 'one-pattern';
  const hopeless = onePattern ? own.filter((row) => missesOf(row) * 2 >= plan.maxTrials) : [];
  if (hopeless.length > 0) return result('rejected', [stillFails(hopeless)]);
  if (p === null && early.length === 0 && plan.halfway < plan.trials && meanLift(hidden) <= 0) {
    const detail = `no lift over the hidden rows after ${plan.halfway} trials an arm`;
    return result('rejected', [reason('no-lift', detail)]);
  }
  if (p === null) {
    const detail = `${requests.reduce((sum, { base, candidate }) => sum + base + candidate, 0)} trials are missing`;
    return result('more', [reason('incomplete', detail)], requests);
  }
  const failing = onePattern ? own.filter(({ candidate }) => !passesMost(candidate)) : [];
  const significant = p <= plan.lookLevel;
  if (significant && failing.length === 0) return result('accepted');
  if (!isLast && own.some(isFlaky)) {
    const detail = `flaky at ${plan.trials} trials: p = ${p.toPrecision(3)}`;
    return result('more', [reason('incomplete', detail)], lackingTrials(own, plan.maxTrials));
  }
  return result('rejected', [
    ...(failing.length > 0 ? [stillFails(failing)] : []),
    ...(significant ? [] : [notSignificant(p, plan)]),
  ]);
}

/** The reason to spend nothing on this holdout at this attempt. */
export function unreachable({ attempt, trials, smallestP, lookLevel }: ConfirmPlan): Reason {
  const reach = `${trials} trials an arm reach p = ${smallestP.toPrecision(2)} at best`;
  return reason('too-few-trials', `${reach}; attempt ${attempt} asks for ${lookLevel.toPrecision(2)}`);
}

/** Attempts draw different sign patterns, so that the luck of one is not that of all. */
function lookSeed({ attempt }: ConfirmPlan, { draws, seed }: ProtocolPolicy) {
  return { draws, seed: seed + attempt };
}

/** An arm neither passes nor fails all its trials. */
function isFlaky({ base, candidate }: PatternTrials): boolean {
  return [base, candidate].some(({ trials, passes }) => passes > 0 && passes < trials);
}

function missesOf({ candidate }: PatternTrials): number {
  return candidate.trials - candidate.passes;
}

function stillFails(rows: readonly PatternTrials[]): Reason {
  const seen = rows.slice(0, 3).map((row) => {
    const { passes, trials } = row.candidate;
    return `${nameOf(row)} passes ${passes} of ${trials} trials`;
  });
  return reason('still-fails', seen.join(', '));
}

function notSignificant(p: number, { attempt, lookLevel }: ConfirmPlan): Reason {
  const asked = `attempt ${attempt} asks for ${lookLevel.toPrecision(3)}`;
  return reason('not-significant', `p = ${p.toPrecision(3)} over the hidden rows; ${asked}`);
}

function names(rows: readonly PatternTrials[]): string {
  return rows.slice(0, 3).map(nameOf).join(', ');
}

function reason(code: ReasonCode, detail: string): Reason {
  return { code, detail };
}
