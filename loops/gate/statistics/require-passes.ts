/** Throws a RangeError unless both are whole and 0 ≤ passes ≤ trials. */
export function requirePasses(trials: number, passes: number): void {
  if (!Number.isInteger(passes) || !Number.isInteger(trials) || passes < 0 || passes > trials) {
    throw new RangeError(`${passes} passes of ${trials} trials`);
  }
}
