import { planConfirm } from '../../loops/gate/protocol/plan-confirm.ts';
import { ProtocolPolicy } from '../../loops/gate/protocol/protocol-policy.ts';
import type { Random } from '../../loops/gate/statistics/seeded-random.ts';
import { type Counts, type Figure, share } from './experiment.ts';
import { runConfirm } from './run-trials.ts';
import type { TrueRow } from './worlds.ts';

/** A flat level is the same at every attempt. */
const ATTEMPTS = [
  { label: '1', schedule: 'falling', attempt: 1 },
  { label: '5', schedule: 'falling', attempt: 5 },
  { label: '10', schedule: 'falling', attempt: 10 },
  { label: '20', schedule: 'falling', attempt: 20 },
  { label: 'flat', schedule: 'flat', attempt: 1 },
] as const;

/** Whether a candidate is accepted at some attempts of both schedules, each time on fresh trials. */
export function confirmAtAttempts(random: Random, truth: readonly TrueRow[], infraShare = 0): Counts {
  const seed = Math.floor(random() * 2 ** 31);
  return Object.fromEntries(
    ATTEMPTS.map(({ label, schedule, attempt }) => {
      const policy = ProtocolPolicy.parse({ schedule, seed });
      const plan = planConfirm(truth, attempt, policy);
      const { result } = runConfirm(random, truth, plan, policy, infraShare);
      return [label, result.verdict === 'accepted' ? 1 : 0];
    }),
  );
}

export function attemptFigures(counts: Counts, replicates: number): Figure[] {
  return ATTEMPTS.map(({ label }) => share(counts[label], replicates, label));
}
