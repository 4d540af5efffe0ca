/**
 * Level at which attempt `i` (1, 2, …) on one holdout version is tested: α / (i (i + 1)). The levels of any number of
 * attempts sum to less than α, because until the first acceptance there is one path: all rejections.
 */
export function attemptLevel(attempt: number, alpha: number): number {
  if (!Number.isInteger(attempt) || attempt < 1) throw new RangeError(`attempt ${attempt}: expected 1, 2, …`);
  return alpha / (attempt * (attempt + 1));
}
