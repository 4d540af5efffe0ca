import fc from 'fast-check';
import type { ArmTrials, PatternTrials } from './pattern-trials.ts';

export const arm = (passes: number, trials: number, infraErrors = 0): ArmTrials => ({
  trials,
  passes,
  infraErrors,
});

/** A hidden variant: passes of `trials` trials on the base, and on the candidate. */
export const hidden = (
  pattern: string,
  name: string,
  base: number,
  candidate: number,
  trials = 5,
): PatternTrials => ({
  pattern,
  case: `${pattern}-case`,
  variant: name,
  split: 'holdout',
  base: arm(base, trials),
  candidate: arm(candidate, trials),
});

/** A visible case. */
export const visible = (name: string, base: number, candidate: number, trials = 5): PatternTrials => ({
  pattern: `${name}-pattern`,
  case: name,
  variant: null,
  split: 'dev',
  base: arm(base, trials),
  candidate: arm(candidate, trials),
});

export const guard = (name: string, base: number, candidate: number, trials = 1): PatternTrials => ({
  ...visible(name, base, candidate, trials),
  split: 'guard',
});

/** Passes of both arms on one hidden variant of five trials. */
export const anyPasses = fc.record({
  base: fc.integer({ min: 0, max: 5 }),
  candidate: fc.integer({ min: 0, max: 5 }),
});

/** Hidden variants of up to `patterns` patterns. */
export const anyHidden = (patterns: number) =>
  fc
    .array(fc.record({ pattern: fc.integer({ min: 1, max: patterns }), passes: anyPasses }), {
      minLength: 1,
      maxLength: 16,
    })
    .map((list) =>
      list.map(({ pattern, passes }, i) => hidden(`p${pattern}`, `v${i}`, passes.base, passes.candidate)),
    );
