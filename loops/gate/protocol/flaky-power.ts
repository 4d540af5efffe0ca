import { choose } from '../statistics/choose.ts';

/** A right fix of a target in which a test fails for no reason passes this share of its trials. */
const PASS_RATE = 0.9;

/** How often such a fix is to be accepted. */
const POWER = 0.95;

/**
 * Whether `trials` trials an arm of each of `hidden` rows accept a right but flaky fix at `level` as often as they should,
 * where the base never passes. By exact CMH: without a pass of the base p is Π C(n, kᵢ) ÷ C(2n, kᵢ), kᵢ passes of row i; misses
 * are taken as spread over the rows, and binomial with 1 − `PASS_RATE`. A plan's size alone depends on it, never its level.
 */
export function withstandsFlakiness(hidden: number, trials: number, level: number): boolean {
  if (hidden === 0) return true;
  const all = hidden * trials;
  let misses = 0;
  let power = 0;
  while (misses <= all && pOf(hidden, trials, misses) <= level) {
    power += choose(all, misses) * PASS_RATE ** (all - misses) * (1 - PASS_RATE) ** misses;
    misses += 1;
  }
  return power >= POWER;
}

function pOf(hidden: number, trials: number, misses: number): number {
  const each = Math.floor(misses / hidden);
  const more = misses - each * hidden;
  const p = (passes: number) => choose(trials, passes) / choose(2 * trials, passes);
  return p(trials - each) ** (hidden - more) * (more === 0 ? 1 : p(trials - each - 1) ** more);
}
