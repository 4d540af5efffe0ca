import type { Reason } from '../reason.ts';
import { exactCmh } from '../statistics/exact-cmh.ts';
import { meanLift, type PatternTrials, toCasePasses } from './pattern-trials.ts';
import type { ProtocolPolicy } from './protocol-policy.ts';

/** One of several candidates in the dev stage. A round is one trial more of both arms on each dev case. */
export interface ScreenedCandidate {
  candidate: string;
  /** Full rounds so far. */
  rounds: number;
  /** After its first round alone: the choice of the best must not change with later trials. */
  first: PatternTrials[];
  /** After all its rounds. */
  all: PatternTrials[];
}

export type ScreenStep =
  /** Bring each of these to `rounds` rounds in all. */
  | { do: 'rounds'; candidates: string[]; rounds: number }
  | { do: 'confirm'; candidate: string; p: number; lift: number }
  | { do: 'stop'; reason: Reason };

/**
 * Of several candidates, which one goes on: one round on all, more on the best few that show a lift, and the best of
 * those to the confirm stage when its CMH is at the screening level. Equal lifts stay in the order given.
 */
export function screenCandidates(
  candidates: readonly ScreenedCandidate[],
  policy: ProtocolPolicy,
): ScreenStep {
  const fresh = candidates.filter(({ rounds }) => rounds < 1);
  if (fresh.length > 0) return ask(fresh, 1);
  const kept = byLift(candidates, ({ first }) => first).slice(0, policy.screenKeep);
  const unfinished = kept.filter(({ rounds }) => rounds < policy.screenRounds);
  if (unfinished.length > 0) return ask(unfinished, policy.screenRounds);
  const [best] = byLift(kept, ({ all }) => all);
  if (best === undefined) {
    const detail = `none of ${candidates.length} candidates passes the dev cases more often than the base`;
    return { do: 'stop', reason: { code: 'no-lift', detail } };
  }
  const dev = devRows(best.all);
  const p = exactCmh(dev.map(toCasePasses));
  if (p < policy.screenLevel) return { do: 'confirm', candidate: best.candidate, p, lift: meanLift(dev) };
  const detail = `the best of ${candidates.length}, ${best.candidate}, has p = ${p.toPrecision(3)} over the dev cases; under ${policy.screenLevel} goes on`;
  return { do: 'stop', reason: { code: 'not-significant', detail } };
}

/** Those with a lift, the largest first. */
function byLift(
  candidates: readonly ScreenedCandidate[],
  rows: (candidate: ScreenedCandidate) => PatternTrials[],
): ScreenedCandidate[] {
  return candidates
    .map((candidate) => ({ candidate, lift: meanLift(devRows(rows(candidate))) }))
    .filter(({ lift }) => lift > 0)
    .sort((a, b) => b.lift - a.lift)
    .map(({ candidate }) => candidate);
}

function devRows(rows: readonly PatternTrials[]): PatternTrials[] {
  return rows.filter(({ split }) => split === 'dev');
}

function ask(candidates: readonly ScreenedCandidate[], rounds: number): ScreenStep {
  return { do: 'rounds', candidates: candidates.map(({ candidate }) => candidate), rounds };
}
