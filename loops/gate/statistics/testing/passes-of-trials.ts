import fc from 'fast-check';

/** How many of up to ten trials passed, and a k that fits them. */
export const passesOfTrials = fc.integer({ min: 1, max: 10 }).chain((trials) =>
  fc.record({
    trials: fc.constant(trials),
    passes: fc.integer({ min: 0, max: trials }),
    k: fc.integer({ min: 1, max: trials }),
  }),
);

/** One outcome a trial: true for a pass. */
export function outcomesOf({ trials, passes }: { trials: number; passes: number }): boolean[] {
  return Array.from({ length: trials }, (_, i) => i < passes);
}

/** Counts of which no (trials, passes) may be made. */
export const impossible: [trials: number, passes: number][] = [
  [3, 4],
  [3, -1],
  [3, 1.5],
  [2.5, 1],
  [Number.NaN, 0],
  [3, Number.NaN],
];
