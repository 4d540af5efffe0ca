import { z } from 'zod';
import { Split } from '../../../datasets/cases/case.ts';
import type { TrialOutcome } from '../evidence.ts';
import type { CasePasses } from '../statistics/exact-cmh.ts';

/** Scored trials of one arm. Infrastructure errors are counted apart and are neither trials nor failures. */
export const ArmTrials = z
  .strictObject({
    trials: z.int().nonnegative(),
    passes: z.int().nonnegative(),
    infraErrors: z.int().nonnegative(),
  })
  .refine(({ trials, passes }) => passes <= trials, 'more passes than trials');
export type ArmTrials = z.infer<typeof ArmTrials>;

/** What is run: a case (`variant` null) or one of its variants. Hidden ones have the split `holdout`. */
export const DatasetRow = z.strictObject({
  pattern: z.string(),
  case: z.string(),
  variant: z.string().nullable(),
  split: Split,
});
export type DatasetRow = z.infer<typeof DatasetRow>;

/** A row with all its trials so far, of both arms. */
export const PatternTrials = z.strictObject({ ...DatasetRow.shape, base: ArmTrials, candidate: ArmTrials });
export type PatternTrials = z.infer<typeof PatternTrials>;

/** For the runner: so many more scored trials of each arm on one row. */
export interface TrialRequest {
  row: DatasetRow;
  base: number;
  candidate: number;
}

/** Tallies how trials ended: time-outs and invalid reports are failures, infrastructure errors are not. */
export function countOutcomes(outcomes: readonly TrialOutcome[]): ArmTrials {
  const scored = outcomes.filter((outcome) => outcome !== 'infra_error');
  return {
    trials: scored.length,
    passes: scored.filter((outcome) => outcome === 'passed').length,
    infraErrors: outcomes.length - scored.length,
  };
}

export function toCasePasses({ base, candidate }: PatternTrials): CasePasses {
  return {
    baseTrials: base.trials,
    basePasses: base.passes,
    candidateTrials: candidate.trials,
    candidatePasses: candidate.passes,
  };
}

/** Candidate's pass rate less the base's, −1 to 1; null where an arm has no scored trial. */
export function liftOf({ base, candidate }: PatternTrials): number | null {
  if (base.trials === 0 || candidate.trials === 0) return null;
  return candidate.passes / candidate.trials - base.passes / base.trials;
}

/** Mean lift over the rows that both arms ran; 0 where there are none. */
export function meanLift(rows: readonly PatternTrials[]): number {
  const lifts = rows.map(liftOf).filter((lift) => lift !== null);
  return lifts.length === 0 ? 0 : lifts.reduce((sum, lift) => sum + lift, 0) / lifts.length;
}

/** What is missing before each arm of each row has `trials` scored ones. */
export function lackingTrials(rows: readonly PatternTrials[], trials: number): TrialRequest[] {
  return rows
    .filter(({ base, candidate }) => Math.min(base.trials, candidate.trials) < trials)
    .map(({ base, candidate, ...row }) => ({
      row,
      base: Math.max(0, trials - base.trials),
      candidate: Math.max(0, trials - candidate.trials),
    }));
}

/** Rows on which an arm ended in more infrastructure errors than may be retried: they are not run again. */
export function givenUp(rows: readonly PatternTrials[], maxInfraErrors: number): PatternTrials[] {
  return rows.filter(
    ({ base, candidate }) => Math.max(base.infraErrors, candidate.infraErrors) > maxInfraErrors,
  );
}

export function infraErrorsOf(rows: readonly PatternTrials[]): number {
  return rows.reduce((sum, { base, candidate }) => sum + base.infraErrors + candidate.infraErrors, 0);
}

/** One line for people: `case` or `case/variant`. */
export function nameOf(row: DatasetRow): string {
  return row.variant === null ? row.case : `${row.case}/${row.variant}`;
}
