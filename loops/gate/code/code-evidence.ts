import { z } from 'zod';
import type { CodeCase } from '../../../datasets/cases/code-case.ts';
import { Arm, PolicyFinding, TrialOutcome } from '../evidence.ts';

/** One run of tests on one arm, in fresh containers: a trial of each of them. */
export const SuiteTrial = z.strictObject({
  arm: Arm,
  /** By id, of the tests that it was made for: an arm's first run has all, later ones those that need more trials. */
  outcomes: z.record(z.string(), TrialOutcome),
  ended: z.enum(['reported', 'cut', 'no-report']).default('reported'),
  /** How the run ended, where that was not by a whole report. */
  detail: z.string(),
  /** SHA-256 of the report as it was written; null where there was none, or none was kept. */
  report: z.string().nullable().default(null),
  /** What the code did besides what the tests ask; of what runs apart from them alone. */
  signs: z.array(z.string()).default([]),
  wallMs: z.number().nonnegative(),
});
export type SuiteTrial = z.infer<typeof SuiteTrial>;

/** All tests on the candidate in one process with it: the code has the last word here, so only a failure counts. */
export const BesideRun = SuiteTrial.omit({ arm: true, signs: true });
export type BesideRun = z.infer<typeof BesideRun>;

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
  /** Tests that pass today beside the code. */
  besideGuards: z.array(z.string()),
  policy: z.array(PolicyFinding).nullable(),
  /** `failed`: the patch does not apply. */
  build: z
    .discriminatedUnion('outcome', [
      z.strictObject({ outcome: z.literal('ok') }),
      z.strictObject({ outcome: z.literal('failed'), detail: z.string() }),
    ])
    .nullable(),
  /** Null where tests and code share a process in every run. */
  beside: z.array(BesideRun).nullable(),
  /** In the order in which they were made. */
  runs: z.array(SuiteTrial),
  /** `none`: no expectation of a hidden test could be turned. */
  twin: z.union([TwinRun, z.literal('none')]).nullable(),
  /** Passages of the base's tests that the patch copies into the code. */
  copied: z.array(z.string()).default([]),
  /** Runs that the infrastructure ended: made again, and no trial of anything. */
  infraErrors: z.int().nonnegative(),
  wallMs: z.number().nonnegative(),
});
export type CodeEvidence = z.infer<typeof CodeEvidence>;

/** A case's tests in their roles, those that a fixer is told of first. */
export function evidenceTests({ visible, hidden }: CodeCase): CodeEvidence['tests'] {
  return [
    ...visible.map(({ id }) => ({ id, role: 'visible' as const })),
    ...hidden.map(({ id }) => ({ id, role: 'hidden' as const })),
  ];
}
