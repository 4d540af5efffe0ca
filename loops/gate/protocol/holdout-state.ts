import { ATTEMPTS, type AttemptSchedule } from '../statistics/attempt-level.ts';

/** `attempt`: the number of the next confirm stage on this holdout version. */
export type HoldoutState = { state: 'open'; attempt: number } | { state: 'spent'; reason: string };

/**
 * What a holdout version is good for after so many attempts, whoever made them; an acceptance does not reset them. Falling
 * levels add up to less than α however many there are; flat ones are shared out among `ATTEMPTS`.
 */
export function holdoutState(attempts: number, schedule: AttemptSchedule): HoldoutState {
  if (!Number.isInteger(attempts) || attempts < 0) throw new RangeError(`${attempts} attempts`);
  if (attempts < ATTEMPTS || schedule === 'falling') return { state: 'open', attempt: attempts + 1 };
  const reason = `${attempts} attempts were made on this holdout version, and ${ATTEMPTS} are the most`;
  return { state: 'spent', reason };
}
