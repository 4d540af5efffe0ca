import { z } from 'zod';
import { Arm, PolicyFinding, TrialOutcome } from '../evidence.ts';

/** One run of all tests on one arm, in fresh containers: a trial of each of them. */
export const SuiteTrial = z.strictObject({
  arm: Arm,
  /** By id, of the case's own tests and of the guards. */
  outcomes: z.record(z.string(), TrialOutcome),
  /** How the run ended, where that was not by a whole report. */
  detail: z.string(),
  wallMs: z.number().nonnegative(),
});
export type SuiteTrial = z.infer<typeof SuiteTrial>;

/** A hidden test of which one expectation was turned into its opposite: no right code passes it. */
const TwinRun = z.strictObject({ test: z.string(), outcome: TrialOutcome, detail: z.string() });

/** Everything a verdict on one candidate and one case of code stands on. What was not done yet is null, or not there. */
export const CodeEvidence = z.strictObject({
  case: z.string(),
  pattern: z.string(),
  /** 1 for the first confirm stage on this holdout version. */
  attempt: z.int().positive(),
  /** Failing tests of the case: told to the fixer, or sealed. */
  tests: z.array(z.strictObject({ id: z.string(), role: z.enum(['visible', 'hidden']) })),
  guards: z.array(z.string()),
  policy: z.array(PolicyFinding).nullable(),
  /** `failed`: the patch does not apply. */
  build: z
    .discriminatedUnion('outcome', [
      z.strictObject({ outcome: z.literal('ok') }),
      z.strictObject({ outcome: z.literal('failed'), detail: z.string() }),
    ])
    .nullable(),
  /** In the order in which they were made. */
  runs: z.array(SuiteTrial),
  /** `none`: no expectation of a hidden test could be turned. */
  twin: z.union([TwinRun, z.literal('none')]).nullable(),
  /** Runs that the infrastructure ended: made again, and no trial of anything. */
  infraErrors: z.int().nonnegative(),
  wallMs: z.number().nonnegative(),
});
export type CodeEvidence = z.infer<typeof CodeEvidence>;
