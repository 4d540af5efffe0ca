import { median } from './median.ts';

/**
 * median(a) / median(b), a pure number: how many times the typical value of `a` is that of `b`. The lists need not
 * belong together. Above 0, and 1 ÷ itself when the lists change places. Throws a RangeError when a list is empty or
 * holds what is not above 0 and finite. Both must have the same unit.
 */
export function ratioOfMedians(a: readonly number[], b: readonly number[]): number {
  requireMeasures(a);
  requireMeasures(b);
  return median(a) / median(b);
}

/**
 * Median of the ratios aᵢ / bᵢ, a pure number: what is common to a pair (a slow minute, a large input) falls out. Above
 * 0; of an even count the mean of the two middle ratios. Throws a RangeError as `ratioOfMedians` does, and when the
 * lists differ in length.
 */
export function medianPairedRatio(a: readonly number[], b: readonly number[]): number {
  requireMeasures(a);
  requireMeasures(b);
  if (a.length !== b.length) throw new RangeError(`${a.length} values paired with ${b.length}`);
  return median(a.map((value, i) => value / (b[i] ?? Number.NaN)));
}

function requireMeasures(values: readonly number[]): void {
  if (values.length === 0) throw new RangeError('no values to compare');
  const bad = values.find((value) => !(value > 0 && Number.isFinite(value)));
  if (bad !== undefined) throw new RangeError(`value ${bad}: expected above 0 and finite`);
}
