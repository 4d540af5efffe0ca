import type { GatePolicy } from './policy.ts';
import { fewestTrials } from './protocol/plan-confirm.ts';
import { attemptLevel } from './statistics/attempt-level.ts';
import { smallestCmhP } from './statistics/exact-cmh.ts';

export interface Reachable {
  level: number;
  /** Sessions (trials of each variant) to plan: the fewest, from `minSessions` up, that can reach the level. */
  sessions: number;
  /** With that many, when the base always fails and the candidate always passes. */
  smallestP: number;
  /** Whether any outcome could be accepted within `maxSessions`. */
  possible: boolean;
}

/** What this case can show before anything is spent on it. */
export function reachable(hiddenVariants: number, attempt: number, policy: GatePolicy): Reachable {
  const level = attemptLevel(attempt, policy.alpha);
  const reach = (sessions: number) => smallestCmhP(hiddenVariants, sessions);
  const sessions = fewestTrials((count) => reach(count) <= level, policy.minSessions, policy.maxSessions);
  return { level, sessions, smallestP: reach(sessions), possible: reach(sessions) <= level };
}
