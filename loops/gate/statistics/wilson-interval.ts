import { requirePasses } from './require-passes.ts';

/** 97.5th percentile of the standard normal distribution. */
const z = 1.959963984540054;

/**
 * Two-sided 95 % interval of a rate of which `passes` of `trials` were seen: the rates that a score test would not
 * reject. Within [0, 1] and around passes / trials, also where that is 0 or 1. Throws a RangeError without trials, and on
 * passes that do not fit them.
 *
 * Source: Wilson 1927; recommended by Newcombe 1998 and Brown, Cai & DasGupta 2001.
 */
export function wilsonInterval(trials: number, passes: number): { lower: number; upper: number } {
  requirePasses(trials, passes);
  if (trials === 0) throw new RangeError('no trials: any rate is possible');
  const middle = passes + z ** 2 / 2;
  const spread = z * Math.sqrt((passes * (trials - passes)) / trials + z ** 2 / 4);
  const all = trials + z ** 2;
  return {
    lower: passes === 0 ? 0 : (middle - spread) / all,
    upper: passes === trials ? 1 : (middle + spread) / all,
  };
}
