/**
 * One-sided levels of the dev stage's looks, after rounds 1 to 5: they rise, as early looks stand on few trials.
 * A pre-selection, so that what it passes on is confirmed on fresh trials; the benchmark of the gate measures how
 * often it passes on a candidate no better than the base.
 */
export const DEV_LEVELS: readonly number[] = [0.008, 0.012, 0.016, 0.022, 0.03];

/** `futile`: no lift so far. `spent`: the last round was not enough. */
export type RoundDecision = 'go' | 'futile' | 'spent' | 'continue';

/**
 * What follows from the look after `round` (1, 2, …): `p` is one-sided over all trials so far, `lift` the candidate's
 * pass rate less the base's. Throws a RangeError for a round that has no level.
 *
 * Source: Jennison & Turnbull 2000, Group Sequential Methods, ch. 2 (levels by look) and ch. 10 (futility).
 */
export function decideRound(round: number, p: number, lift: number): RoundDecision {
  const level = DEV_LEVELS[round - 1];
  if (level === undefined) throw new RangeError(`round ${round}: expected 1 to ${DEV_LEVELS.length}`);
  if (lift <= 0) return 'futile';
  if (p <= level) return 'go';
  return round === DEV_LEVELS.length ? 'spent' : 'continue';
}
