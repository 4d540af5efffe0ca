import type { EvidenceVariant, Session, Trial } from './evidence.ts';
import type { GatePolicy } from './policy.ts';
import { smallestLift } from './protocol/detectable-effect.ts';
import { describeLift, describeReach } from './protocol/preview.ts';
import { reachable } from './reachable.ts';
import { objectiveStage } from './stages/answer-stages.ts';
import { type Random, seededRandom } from './statistics/seeded-random.ts';

const POWER = 0.8;
const REPLICATES = 100;

/**
 * What a confirm stage on a slow query can show, for people, before it spends anything: the smallest p beside what the
 * attempt asks for, and the smallest effects that are accepted: share of the trials within the objective (the base passes
 * none), found by simulation of the stage itself, and speed-up.
 */
export function describeCandidatePreview(
  variants: readonly EvidenceVariant[],
  attempt: number,
  policy: GatePolicy,
): string {
  const hidden = variants.filter(({ role }) => role === 'hidden').length;
  const { level, smallestP, sessions, possible } = reachable(hidden, attempt, policy);
  const reach = describeReach(attempt, level, smallestP);
  if (!possible) return `nothing can be accepted: ${reach}`;
  const lift = smallestLift((rate) => objectivePower(variants, attempt, { rate, policy }), POWER);
  const faster = `it must be ${policy.speed.minRatio}× as fast`;
  return `${reach}; ${describeLift(lift, POWER)}; ${faster}; ${sessions} to ${policy.maxSessions} sessions`;
}

/** Share of simulated confirm stages in which a candidate that passes each trial with probability `rate` meets the objective. */
export function objectivePower(
  variants: readonly EvidenceVariant[],
  attempt: number,
  { rate, policy }: { rate: number; policy: GatePolicy },
): number {
  let passed = 0;
  for (let replicate = 0; replicate < REPLICATES; replicate++) {
    // The same draws serve every rate, so that the power grows with it.
    const random = seededRandom(replicate);
    const sessions: Session[] = [];
    const objective = { ms: 1, calibrationFreezeMs: 1, calibrationNowMs: 1 };
    for (;;) {
      const { state } = objectiveStage({ attempt, objective, sessions, variants: [...variants] }, policy);
      if (state === 'passed') passed += 1;
      if (state !== 'open') break;
      sessions.push(drawSession(variants, rate, random));
    }
  }
  return passed / REPLICATES;
}

/** One trial an arm of each variant. A guard passes: it did on the base. */
function drawSession(variants: readonly EvidenceVariant[], rate: number, random: Random): Session {
  const trials = variants.flatMap(({ id, role }) => {
    const isGuard = role === 'guard';
    const draw = random() < rate;
    return [trialOf('base', id, isGuard), trialOf('candidate', id, isGuard || draw)];
  });
  return { trials, pairs: [], control: [], floorMs: null };
}

const trialOf = (arm: Trial['arm'], variant: string, isPass: boolean): Trial => ({
  arm,
  variant,
  outcome: isPass ? 'passed' : 'failed',
  rowsEqual: true,
  ms: null,
  cut: false,
  detail: '',
});
