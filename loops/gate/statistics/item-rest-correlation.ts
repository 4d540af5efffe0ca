/**
 * Item-rest correlation, the discrimination of an item: Pearson's correlation of its outcomes (1 for a pass, 0 for a
 * fail) with how many of the other items each respondent passed. `totals` are how many he passed of all, this one
 * included: it is taken off here, else the item would correlate with itself. In [−1, 1]; near 0 or below, the item
 * does not tell good respondents from bad ones. Throws a RangeError when the lists differ in length, when a total is
 * not whole or below the item's own outcome, and when all outcomes or all rests are equal (so below two respondents
 * too).
 *
 * Source: Henrysson 1963, Correction of Item-Total Correlations in Item Analysis.
 */
export function itemRestCorrelation(item: readonly boolean[], totals: readonly number[]): number {
  if (item.length !== totals.length) {
    throw new RangeError(`${item.length} outcomes of ${totals.length} respondents`);
  }
  const outcomes = item.map(Number);
  const rests = totals.map((total, i) => total - (outcomes[i] ?? Number.NaN));
  if (!rests.every((rest) => Number.isInteger(rest) && rest >= 0)) {
    throw new RangeError('a total is not whole or does not hold the item');
  }
  return correlation(outcomes, rests);
}

/** Of whole numbers, so that deviations of equal ones are exactly 0. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const x = deviations(a);
  const y = deviations(b);
  const product = (left: readonly number[], right: readonly number[]) =>
    left.reduce((sum, value, i) => sum + value * (right[i] ?? Number.NaN), 0);
  const spread = Math.sqrt(product(x, x) * product(y, y));
  if (spread === 0) throw new RangeError('outcomes or rests are all equal: no correlation');
  return Math.min(1, Math.max(-1, product(x, y) / spread));
}

function deviations(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}
