import type { Reason } from '../reason.ts';
import { unreachable } from './confirm-stage.ts';
import { detectableEffect, type RowWithRate } from './detectable-effect.ts';
import { holdoutState } from './holdout-state.ts';
import { type ConfirmPlan, planConfirm } from './plan-confirm.ts';
import type { ProtocolPolicy } from './protocol-policy.ts';

/** What is said of a confirm stage before it spends anything. */
export interface Preview {
  /** Null where the holdout must be rotated first. */
  plan: ConfirmPlan | null;
  /** The smallest common lift in pass probability that is accepted with 80 % power (`policy.power`); null: none is. */
  detectable: number | null;
  /** Why nothing may be spent; null where it may. */
  refusal: Reason | null;
}

/**
 * The plan of the attempt after `attempts` others on this holdout version, with the smallest p it can reach and the
 * smallest effect it can detect; refused where no outcome could be accepted within `budget` trials of both arms.
 */
export function previewConfirm(
  rows: readonly RowWithRate[],
  attempts: number,
  policy: ProtocolPolicy,
  budget?: number,
): Preview {
  const holdout = holdoutState(attempts, policy.schedule);
  if (holdout.state === 'spent') {
    return {
      plan: null,
      detectable: null,
      refusal: { code: 'too-few-trials', detail: `${holdout.reason}: rotate it` },
    };
  }
  const plan = planConfirm(rows, holdout.attempt, policy, budget);
  if (!plan.possible) return { plan, detectable: null, refusal: unreachable(plan) };
  return { plan, detectable: detectableEffect(rows, plan, policy), refusal: null };
}

/** For people, in a line. */
export function describePreview({ plan, detectable, refusal }: Preview, { power }: ProtocolPolicy): string {
  if (refusal !== null || plan === null) return `nothing can be accepted: ${refusal?.detail}`;
  const most = `${plan.mostTrials} trials at most`;
  return `${describeReach(plan.attempt, plan.lookLevel, plan.smallestP)}; ${describeLift(detectable, power)}; ${most}`;
}

/** What an attempt asks for, beside the smallest p that can come out. */
export const describeReach = (attempt: number, level: number, smallestP: number): string =>
  `attempt ${attempt} asks for p ≤ ${level.toPrecision(2)} and can reach ${smallestP.toPrecision(2)}`;

/** The smallest effect that is found, where the base passes nothing. */
export const describeLift = (lift: number | null, power: number): string =>
  lift === null
    ? `no fix is accepted ${Math.round(power * 100)} times in 100`
    : `a fix that passes ${Math.round(lift * 100)} % of its trials is accepted ${Math.round(power * 100)} times in 100`;
