/**
 * C(n, k), the number of ways to draw k of n; 0 when k > n. Exact while k·C(n, k) ≤ 2⁵³, to relative rounding beyond,
 * Infinity where a double ends (from about n = 1,020). Throws a RangeError on what is negative or not whole.
 */
export function choose(n: number, k: number): number {
  if (!Number.isInteger(n) || !Number.isInteger(k) || n < 0 || k < 0) {
    throw new RangeError(`C(${n}, ${k}): expected whole numbers from 0`);
  }
  if (k > n) return 0;
  let result = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) result = (result * (n - i + 1)) / i;
  return result;
}
