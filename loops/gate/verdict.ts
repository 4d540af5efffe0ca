import { z } from 'zod';
import { Reason } from './reason.ts';
import { SpeedRange, SpeedResult } from './speed.ts';

export const StageName = z.enum([
  'policy',
  'reachable',
  'build',
  'tests',
  'database',
  'rows',
  'staleness',
  'objective',
  'speed',
  'guards',
  'writes',
  'storage',
]);
export type StageName = z.infer<typeof StageName>;

/** `open`: nothing against the candidate so far, but not everything that the stage asks for was measured. */
export const StageState = z.enum(['passed', 'failed', 'inconclusive', 'open']);
export type StageState = z.infer<typeof StageState>;

const GuardVerdict = z.strictObject({
  query: z.string(),
  checked: z.enum(['unchanged-plan', 'timed']),
  rowsEqual: z.boolean().nullable(),
  /** Base ÷ candidate: below 1 the guard got slower; null where it was not timed. */
  ratio: z.number().nullable(),
  /** How its rows compare after writes to what it reads; `unshown`: none changed its answer. Null where the patch cannot have it lag behind. */
  afterWrites: z.enum(['pending', 'equal', 'other', 'unshown']).nullable().default(null),
});

/** What the gate says of one candidate on one case, with every figure that it stands on. */
export const Verdict = z.strictObject({
  verdict: z.enum(['accepted', 'rejected', 'inconclusive']),
  /** In the order of decision; empty when accepted. */
  reasons: z.array(Reason),
  stages: z.array(z.strictObject({ stage: StageName, state: StageState })),
  /** Share of the case's variants that pass most of their trials. */
  cases: z.array(z.strictObject({ id: z.string(), base: z.number(), candidate: z.number() })),
  /** The headline: how many variants, guards left out, pass most of their trials before and after. */
  variants: z.strictObject({ total: z.int(), basePassed: z.int(), candidatePassed: z.int() }),
  /** Exact one-sided CMH over the hidden variants; null before any trial. */
  p: z.number().nullable(),
  /** What p had to reach at this attempt. */
  level: z.number(),
  attempt: z.int(),
  /** Milliseconds on this machine, now. */
  objectiveMs: z.number(),
  speed: z.array(z.strictObject({ case: z.string(), ...SpeedResult.shape, ...SpeedRange.shape })),
  /**
   * It misses the objective, yet its trials ran this many times faster than the base's: the best attempt so far is
   * kept. The figure of the trials alone, not of the speed rule; null unless it is above the rule's threshold.
   */
  improved: z.number().nullable(),
  guards: z.array(GuardVerdict),
  costs: z.strictObject({
    wallMs: z.number(),
    trials: z.int(),
    infraErrors: z.int(),
    storageBytes: z.number().nullable(),
    buildMs: z.number().nullable(),
    refreshMs: z.number().nullable(),
    /** Median of candidate ÷ base over the same writes. */
    writeRatio: z.number().nullable(),
  }),
});
export type Verdict = z.infer<typeof Verdict>;
