/**
 * Area under the ROC curve: the probability that a trial that passed had a higher forecast than one that failed, equal
 * forecasts counting half. Only the order of the forecasts matters, so they may have any unit. In [0, 1]; ½ tells
 * nothing. Throws a RangeError when the lists differ in length, a forecast is not finite, or all outcomes are equal.
 *
 * Source: Hanley & McNeil 1982, The Meaning and Use of the Area under a ROC Curve (Mann & Whitney's U).
 */
export function auroc(forecasts: readonly number[], outcomes: readonly boolean[]): number {
  if (forecasts.length !== outcomes.length) {
    throw new RangeError(`${forecasts.length} forecasts of ${outcomes.length} outcomes`);
  }
  if (!forecasts.every(Number.isFinite)) throw new RangeError('a forecast is not finite');
  const groups = new Map<number, { passed: number; failed: number }>();
  outcomes.forEach((outcome, i) => {
    const forecast = forecasts[i] ?? Number.NaN;
    const group = groups.get(forecast) ?? { passed: 0, failed: 0 };
    groups.set(forecast, group);
    if (outcome) group.passed++;
    else group.failed++;
  });
  let pairsWon = 0;
  let passed = 0;
  let failed = 0;
  for (const [, group] of [...groups].sort(([a], [b]) => a - b)) {
    pairsWon += group.passed * (failed + group.failed / 2);
    passed += group.passed;
    failed += group.failed;
  }
  if (passed === 0 || failed === 0)
    throw new RangeError(`${passed} passed, ${failed} failed: no pair to compare`);
  return pairsWon / (passed * failed);
}
