/**
 * Brier score: the mean squared distance of forecast probabilities from what happened (1 for a pass, 0 for a fail). In
 * [0, 1]; 0 is perfect, always saying ½ gives ¼. Throws a RangeError when there are none, the lists differ in length,
 * or a forecast is no probability.
 *
 * Source: Brier 1950, Verification of Forecasts Expressed in Terms of Probability (for two outcomes, the halved form).
 */
export function brierScore(forecasts: readonly number[], outcomes: readonly boolean[]): number {
  if (forecasts.length === 0 || forecasts.length !== outcomes.length) {
    throw new RangeError(`${forecasts.length} forecasts of ${outcomes.length} outcomes`);
  }
  const outside = forecasts.find((forecast) => !(forecast >= 0 && forecast <= 1));
  if (outside !== undefined) throw new RangeError(`forecast ${outside}: expected a probability`);
  const errors = forecasts.map((forecast, i) => (forecast - Number(outcomes[i])) ** 2);
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}
