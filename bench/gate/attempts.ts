import { confirmStage } from '../../loops/gate/protocol/confirm-stage.ts';
import { planConfirm } from '../../loops/gate/protocol/plan-confirm.ts';
import { ProtocolPolicy } from '../../loops/gate/protocol/protocol-policy.ts';
import type { Random } from '../../loops/gate/statistics/seeded-random.ts';
import { type Counts, type Figure, share } from './experiment.ts';
import { type ConfirmRun, runConfirm } from './run-trials.ts';
import type { TrueRow } from './worlds.ts';

/** A flat level is the same at every attempt. */
const ATTEMPTS = [
  { label: '1', schedule: 'falling', attempt: 1 },
  { label: '5', schedule: 'falling', attempt: 5 },
  { label: '10', schedule: 'falling', attempt: 10 },
  { label: '20', schedule: 'falling', attempt: 20 },
  { label: 'flat', schedule: 'flat', attempt: 1 },
] as const;

/** Whether a candidate is accepted at some attempts of both schedules. Attempts of the same plan share their trials. */
export function confirmAtAttempts(random: Random, truth: readonly TrueRow[], infraShare = 0): Counts {
  const seed = Math.floor(random() * 2 ** 31);
  const runs = new Map<string, ConfirmRun>();
  const counts: Counts = {};
  for (const { label, schedule, attempt } of ATTEMPTS) {
    const policy = ProtocolPolicy.parse({ schedule, seed });
    const plan = planConfirm(truth, attempt, policy);
    // Where there are two looks, the level decides about the second.
    const same = plan.maxTrials > plan.trials ? label : `${plan.scope.test} ${plan.trials}`;
    const run = runs.get(same) ?? runConfirm(random, truth, plan, policy, infraShare);
    runs.set(same, run);
    counts[label] = confirmStage(run.seen, plan, policy).verdict === 'accepted' ? 1 : 0;
  }
  return counts;
}

export function attemptFigures(counts: Counts, replicates: number): Figure[] {
  return ATTEMPTS.map(({ label }) => share(counts[label], replicates, label));
}
