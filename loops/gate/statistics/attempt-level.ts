import { z } from 'zod';

/** How the level α of a holdout version is shared out: `falling` α/(i(i+1)), `flat` α/20 (`ATTEMPTS`). */
export const AttemptSchedule = z.enum(['falling', 'flat']);
export type AttemptSchedule = z.infer<typeof AttemptSchedule>;

/** Confirm stages on one holdout version; after them it is rotated. */
export const ATTEMPTS = 20;

/**
 * Level at which attempt `i` (1, 2, …) on one holdout version is tested. Until the first acceptance there is one
 * path, all rejections, so that the levels add up: to less than α for any number of attempts by α / (i (i + 1)), to
 * α for 20 flat ones. Throws a RangeError for an attempt that the schedule does not have.
 */
export function attemptLevel(attempt: number, alpha: number, schedule: AttemptSchedule = 'falling'): number {
  if (!Number.isInteger(attempt) || attempt < 1) throw new RangeError(`attempt ${attempt}: expected 1, 2, …`);
  if (schedule === 'falling') return alpha / (attempt * (attempt + 1));
  if (attempt > ATTEMPTS) throw new RangeError(`attempt ${attempt}: a flat level is for ${ATTEMPTS}`);
  return alpha / ATTEMPTS;
}
