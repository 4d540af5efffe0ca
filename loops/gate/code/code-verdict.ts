import { z } from 'zod';
import { Reason } from '../reason.ts';
import { StageState } from '../verdict.ts';

export const CodeStage = z.strictObject({
  stage: z.enum(['policy', 'reachable', 'build', 'beside', 'tests', 'guards', 'conduct', 'twin']),
  state: StageState,
});
export type CodeStage = z.infer<typeof CodeStage>;

const Counts = z.strictObject({ trials: z.int(), passes: z.int() });

/** What the gate says of one candidate on one case of code, with every figure that it stands on. */
export const CodeVerdict = z.strictObject({
  verdict: z.enum(['accepted', 'rejected', 'inconclusive']),
  /** In the order of decision; empty when accepted. */
  reasons: z.array(Reason),
  stages: z.array(CodeStage),
  /** Share of the case's failing tests that pass most of their trials. */
  cases: z.array(z.strictObject({ id: z.string(), base: z.number(), candidate: z.number() })),
  /** Nothing is timed. */
  speed: z.array(z.never()),
  /** What an acceptance says. */
  claim: z.string(),
  /** Exact one-sided CMH over the hidden tests; null before all their trials. */
  p: z.number().nullable(),
  /** What p had to reach at this look. */
  level: z.number(),
  attempt: z.int(),
  /** Fewest trials of an arm of a test. */
  trials: z.int(),
  tests: z.array(
    z.strictObject({
      id: z.string(),
      role: z.enum(['visible', 'hidden']),
      base: Counts,
      candidate: Counts,
    }),
  ),
  /** Tests that pass today; p: one-sided, that as a whole they pass less often on the candidate. */
  guards: z.strictObject({ tests: z.int(), p: z.number().nullable() }),
  costs: z.strictObject({ wallMs: z.number(), trials: z.int(), infraErrors: z.int() }),
});
export type CodeVerdict = z.infer<typeof CodeVerdict>;
