/** How often two raters gave which answers; the first letter of a name is the first rater's. */
export interface Ratings {
  yy: number;
  yn: number;
  ny: number;
  nn: number;
}

/**
 * Cohen's kappa: agreement of two raters beyond what their rates of yes would give by chance, (pₒ − pₑ) / (1 − pₑ). In
 * [−1, 1]; 0 is chance, 1 is full agreement. Throws a RangeError on counts that are not whole or negative, and when
 * both gave one and the same answer throughout (or none at all): chance alone explains that, and kappa is 0 / 0.
 *
 * Source: Cohen 1960, A Coefficient of Agreement for Nominal Scales, with the fractions of the total multiplied out.
 */
export function cohenKappa({ yy, yn, ny, nn }: Ratings): number {
  for (const count of [yy, yn, ny, nn]) {
    if (!Number.isInteger(count) || count < 0)
      throw new RangeError(`${count} ratings: expected a whole number from 0`);
  }
  const byChance = (yy + yn) * (yn + nn) + (yy + ny) * (ny + nn);
  if (byChance === 0) throw new RangeError('both raters gave one answer throughout: kappa is not defined');
  return (2 * (yy * nn - yn * ny)) / byChance;
}
