import { ATTEMPTS } from '../statistics/attempt-level.ts';

/** `attempt`: the number of the next confirm stage on this holdout version. */
export type HoldoutState = { state: 'open'; attempt: number } | { state: 'rotate'; reason: string };

/** What a holdout version is good for after so many attempts, whoever made them; an acceptance does not reset them. */
export function holdoutState(attempts: number): HoldoutState {
  if (!Number.isInteger(attempts) || attempts < 0) throw new RangeError(`${attempts} attempts`);
  if (attempts < ATTEMPTS) return { state: 'open', attempt: attempts + 1 };
  const reason = `${attempts} attempts were made on this holdout version, and ${ATTEMPTS} are the most`;
  return { state: 'rotate', reason };
}
