/** Every way to draw k of the values without putting back, whatever the order. */
export function draws<T>(values: readonly T[], k: number): T[][] {
  if (k === 0) return [[]];
  return values.flatMap((value, i) => draws(values.slice(i + 1), k - 1).map((rest) => [value, ...rest]));
}
