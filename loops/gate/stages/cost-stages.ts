import type { Evidence, GuardEvidence } from '../evidence.ts';
import type { GatePolicy } from '../policy.ts';
import type { Reason } from '../reason.ts';
import { estimateRatio, judgeSpeed, type Pair, showsFaster } from '../speed.ts';
import { sessionStep } from './answer-stages.ts';
import { failed, inconclusive, open, passed, type Stage } from './stage.ts';

/** Asked only of a candidate that reaches the objective. */
export function speedStage(evidence: Evidence, policy: GatePolicy): Stage {
  const { decision, detail } = judgeSpeed(evidence.sessions, policy.speed);
  switch (decision) {
    case 'faster':
      return passed('speed');
    case 'not_faster':
      return failed('speed', [{ code: 'no-faster', detail }]);
    case 'implausible':
      return inconclusive('speed', 'implausible', `${detail}: a person must look at this patch`);
    case 'noisy':
      return inconclusive('speed', 'noisy', detail);
    case 'more':
      return evidence.sessions.length < policy.maxSessions
        ? open('speed', sessionStep(evidence, policy))
        : inconclusive('speed', 'noisy', `${detail}; no session is left`);
  }
}

/**
 * Guards: rows stay right, also after writes where the patch could have them lag behind, and none is slower by the rule that makes a case faster, with the arms swapped. The first
 * look is short; only where it looks slower is it measured in full.
 */
export function guardsStage({ query, guardQueries, guards }: Evidence, policy: GatePolicy): Stage {
  const reasons = guards.flatMap((guard) => guardReasons(guard, { query, policy }));
  if (reasons.length > 0) return failed('guards', reasons);
  const seen = new Map(guards.map((guard) => [guard.query, guard]));
  const lacking = guardQueries
    .map((query) => ({ query, has: pairsOf(seen.get(query)), wants: wantedPairs(seen.get(query), policy) }))
    .filter(({ has, wants }) => has < wants);
  const pending = guards.filter(({ afterWrites }) => afterWrites === 'pending').map(({ query }) => query);
  if (lacking.length === 0)
    return pending.length === 0 ? passed('guards') : open('guards', { do: 'guard-writes', queries: pending });
  // The shortest look first: a guard that fails there ends the matter.
  const pairs = Math.min(...lacking.map(({ wants }) => wants));
  const queries = lacking.filter(({ wants }) => wants === pairs).map(({ query }) => query);
  return open('guards', { do: 'guards', queries, pairs });
}

function guardReasons(
  guard: GuardEvidence,
  { query, policy }: { query: string; policy: GatePolicy },
): Reason[] {
  if (guard.rowsEqual === false) return [{ code: 'guard-wrong', detail: `${guard.query}: ${guard.detail}` }];
  if (guard.afterWrites === 'other')
    return [
      {
        code: guard.query === query ? 'stale' : 'guard-stale',
        detail: `${guard.query}: after a write to what it reads: ${guard.detail}`,
      },
    ];
  if (guard.pairs.length < policy.speed.minPairs) return [];
  const slowdown = estimateRatio(guard.pairs.map(swap), policy.speed);
  if (!showsFaster(slowdown, policy.speed)) return [];
  const detail = `${guard.query} takes ${slowdown.ratio.toFixed(2)}× as long (at least ${slowdown.lower95.toFixed(2)}×)`;
  return [{ code: 'guard-slower', detail }];
}

/** A look more for as long as it looks slower; what did at the first look must later look no slower at all to be let off. */
function wantedPairs(guard: GuardEvidence | undefined, policy: GatePolicy): number {
  if (guard?.checked === 'unchanged-plan' || guard?.rowsEqual === null) return 0;
  const pairs = pairsOf(guard);
  if (guard === undefined || pairs < policy.guardPairs) return policy.guardPairs;
  const { ratio } = estimateRatio(guard.pairs.map(swap), policy.speed);
  const suspicious = pairs === policy.guardPairs ? policy.speed.minRatio : policy.speed.minLower95;
  return ratio < suspicious ? pairs : Math.min(pairs + policy.guardPairs, policy.speed.minPairs);
}

function pairsOf(guard: GuardEvidence | undefined): number {
  return guard?.pairs.length ?? -1;
}

export function writesStage({ writes }: Evidence, policy: GatePolicy): Stage {
  if (writes.length < policy.writePairs) return open('writes', { do: 'writes', pairs: policy.writePairs });
  const { ratio, lower95 } = estimateRatio(writes.map(swap), policy.speed);
  if (ratio <= policy.writeSlowdown) return passed('writes');
  if (writes.length < policy.speed.minPairs)
    return open('writes', { do: 'writes', pairs: policy.speed.minPairs });
  const detail = `a write takes ${ratio.toFixed(2)}× as long (at least ${lower95.toFixed(2)}×); the limit is ${policy.writeSlowdown}×`;
  return failed('writes', [{ code: 'write-cost', detail }]);
}

export function storageStage({ build }: Evidence, policy: GatePolicy): Stage {
  if (build?.outcome !== 'ok') return open('storage', { do: 'build' });
  if (build.addedBytes <= policy.storageBytes) return passed('storage');
  return failed('storage', [
    { code: 'storage', detail: `${build.addedBytes} bytes more; the limit is ${policy.storageBytes}` },
  ]);
}

/** Candidate in the base's place, so that an estimate is candidate ÷ base. */
function swap({ base, candidate }: Pair): Pair {
  return { base: candidate, candidate: base };
}
