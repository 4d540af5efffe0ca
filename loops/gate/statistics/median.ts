/** Median; the mean of the two middle values of an even count, NaN of none. Infinities are values like others. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  if (sorted.length % 2 === 1) return upper;
  const lower = sorted[middle - 1] ?? Number.NaN;
  return lower === upper ? upper : (lower + upper) / 2;
}

/** Sample standard deviation (n − 1); NaN below two values. */
export function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/**
 * Standard error of a median of roughly normal values: √(π/2)·σ/√n, with σ from the median absolute deviation
 * (1.4826·MAD; Rousseeuw & Croux 1993), which a few interrupted samples do not move. Infinity below two values.
 */
export function medianError(values: readonly number[]): number {
  if (values.length < 2) return Number.POSITIVE_INFINITY;
  const middle = median(values);
  const sigma = 1.4826 * median(values.map((value) => Math.abs(value - middle)));
  return (Math.sqrt(Math.PI / 2) * sigma) / Math.sqrt(values.length);
}
