import { type Random, seededRandom } from '../statistics/seeded-random.ts';
import { confirmStage } from './confirm-stage.ts';
import type { ArmTrials, DatasetRow, PatternTrials } from './pattern-trials.ts';
import { type ConfirmPlan, confirmRows } from './plan-confirm.ts';
import type { ProtocolPolicy } from './protocol-policy.ts';

/** A row with how often the base passes it, 0 to 1: 0 for a case that was admitted because it fails. */
export interface RowWithRate extends DatasetRow {
  basePassRate: number;
}

/** Effects are looked for in steps of one point. */
const STEPS = 100;

/**
 * The smallest common lift in pass probability, in steps of .01, that the confirm stage accepts with `policy.power`:
 * each row passes with min(1, base + lift). Null where not even 1 is enough. A lift that differs from pattern to
 * pattern needs to be larger. By simulation of the stage itself; the same draws serve every lift, so that its power
 * grows with the lift and can be halved upon.
 */
export function detectableEffect(
  rows: readonly RowWithRate[],
  plan: ConfirmPlan,
  policy: ProtocolPolicy,
): number | null {
  if (!plan.possible) return null;
  return smallestLift((lift) => confirmPower(rows, lift, plan, policy), policy.power);
}

/** The smallest lift, in steps of .01, with this power; null where not even 1 has it. `powerOf` grows with the lift. */
export function smallestLift(powerOf: (lift: number) => number, power: number): number | null {
  const isEnough = (step: number) => powerOf(step / STEPS) >= power;
  if (!isEnough(STEPS)) return null;
  let below = 0;
  let enough = STEPS;
  while (enough - below > 1) {
    const middle = (below + enough) >> 1;
    if (isEnough(middle)) enough = middle;
    else below = middle;
  }
  return enough / STEPS;
}

/** Share of simulated confirm stages that accept a common lift in pass probability. */
export function confirmPower(
  rows: readonly RowWithRate[],
  lift: number,
  plan: ConfirmPlan,
  policy: ProtocolPolicy,
): number {
  const own = confirmRows(rows, plan.scope);
  let accepted = 0;
  for (let replicate = 0; replicate < policy.powerReplicates; replicate++) {
    const random = seededRandom(policy.seed + replicate);
    const run = own.map(({ basePassRate, ...row }) => ({
      row,
      base: runArm(random, basePassRate, plan.maxTrials),
      candidate: runArm(random, Math.min(1, basePassRate + lift), plan.maxTrials),
    }));
    const after = (trials: number): PatternTrials[] =>
      run.map(({ row, base, candidate }) => ({
        ...row,
        base: tally(base, trials),
        candidate: tally(candidate, trials),
      }));
    for (const trials of [plan.halfway, plan.trials, plan.maxTrials]) {
      const { verdict } = confirmStage(after(trials), plan, policy);
      if (verdict === 'accepted') accepted++;
      if (verdict !== 'more') break;
    }
  }
  return accepted / policy.powerReplicates;
}

function runArm(random: Random, passRate: number, trials: number): boolean[] {
  return Array.from({ length: trials }, () => random() < passRate);
}

function tally(outcomes: readonly boolean[], trials: number): ArmTrials {
  return { trials, passes: outcomes.slice(0, trials).filter(Boolean).length, infraErrors: 0 };
}
