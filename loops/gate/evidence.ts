import { z } from 'zod';
import { type QueryCase, type Variant, VariantKind } from '../../datasets/cases/case.ts';
import { ReasonCode } from './reason.ts';
import { Pair, SpeedSession } from './speed.ts';

export const TrialOutcome = z.enum(['passed', 'failed', 'timed_out', 'invalid', 'infra_error']);
export type TrialOutcome = z.infer<typeof TrialOutcome>;

export const Arm = z.enum(['base', 'candidate']);
export type Arm = z.infer<typeof Arm>;

/** What the static check of the patch found; `path` is null where it speaks of the whole patch. */
export const PolicyFinding = z.strictObject({
  code: ReasonCode,
  path: z.string().nullable(),
  rule: z.string(),
});
export type PolicyFinding = z.infer<typeof PolicyFinding>;

/**
 * The candidate's image: patch, migrate, refresh. `failed` is the patch's own doing; infrastructure faults never get
 * here, they are retried. `apply` failing means that the patch does not apply.
 */
const BuildEvidence = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('ok'),
    /** Bytes that the candidate's image adds to the base's arm. */
    addedBytes: z.number(),
    buildMs: z.number().nonnegative(),
    refreshMs: z.number().nonnegative().nullable(),
  }),
  z.strictObject({
    outcome: z.literal('failed'),
    stage: z.enum(['apply', 'build', 'migrate', 'refresh']),
    detail: z.string(),
  }),
]);

/** The target's own tests on the candidate. */
const TestsEvidence = z.strictObject({ outcome: z.enum(['passed', 'failed']), detail: z.string() });

/**
 * A difference between the two arms' databases that no candidate may make: a setting (`synchronous_commit`), or a
 * base table, its constraints, triggers or rows. New indexes and new relations are no difference.
 */
const DatabaseFinding = z.strictObject({ kind: z.enum(['settings', 'schema']), detail: z.string() });

const VariantRole = z.enum(['visible', 'hidden', 'guard']);

/** A parameter set of the case. `guard`: it passed on the base when the case was frozen, and must go on passing. */
export const EvidenceVariant = z.strictObject({ id: z.string(), kind: VariantKind, role: VariantRole });
export type EvidenceVariant = z.infer<typeof EvidenceVariant>;

/** A case's variants in their roles, those that a fixer may see first. */
export function evidenceVariants({ visible, hidden }: QueryCase): EvidenceVariant[] {
  const inRole =
    (own: EvidenceVariant['role']) =>
    ({ id, kind, split }: Variant) => ({
      id,
      kind,
      role: split === 'guard' ? ('guard' as const) : own,
    });
  return [...visible.map(inRole('visible')), ...hidden.map(inRole('hidden'))];
}

/** What a trial was scored from: enough to score it again under corrected rules. Texts are named by their SHA-256. */
export const Observed = z.strictObject({
  reply: z.enum(['answered', 'late', 'failed', 'gone']),
  /** The rows as they came; null where none did. */
  rows: z.string().nullable(),
  /** The base SQL's rows that they were compared with, where a digest did not decide. */
  reference: z.string().nullable(),
  /** Calibration then ÷ calibration at freeze: what the objective was scaled by. */
  scale: z.number().positive(),
});
export type Observed = z.infer<typeof Observed>;

export const Trial = z.strictObject({
  arm: Arm,
  variant: z.string(),
  /** By `scoreTrial`. */
  outcome: TrialOutcome,
  /** Against the base SQL run by Whetstone on the same data; null where no rows came. */
  rowsEqual: z.boolean().nullable(),
  ms: z.number().nonnegative().nullable(),
  /** It was stopped at `ms`. */
  cut: z.boolean(),
  detail: z.string(),
  /** Not there in what was kept before it was. */
  observed: Observed.optional(),
});
export type Trial = z.infer<typeof Trial>;

/** Fresh containers of both arms: one trial an arm for each variant, then pairs on the visible parameters' kin. */
export const Session = z.strictObject({ trials: z.array(Trial), ...SpeedSession.shape });
export type Session = z.infer<typeof Session>;

/** A comparison after the verifier changed the data: right after the write, or after the target's own refresh. */
export const StalenessFinding = z.strictObject({
  variant: z.string(),
  when: z.enum(['after-write', 'after-refresh']),
  equal: z.boolean(),
  /** Milliseconds from the write to this comparison. */
  lagMs: z.number().nonnegative(),
  /** Declared staleness in seconds. */
  limitS: z.number().nonnegative(),
  detail: z.string(),
});
export type StalenessFinding = z.infer<typeof StalenessFinding>;

/** A query of the target that must stay right and no slower. */
export const GuardEvidence = z.strictObject({
  query: z.string(),
  /** `unchanged-plan`: nothing it depends on changed (plan, work counts, files), so it was not timed. */
  checked: z.enum(['unchanged-plan', 'timed']),
  /** Null where both arms failed alike. */
  rowsEqual: z.boolean().nullable(),
  pairs: z.array(Pair),
  detail: z.string(),
  /**
   * Its rows on both arms after writes to what it reads. `unshown`: no write that was tried changes its answer. Not there
   * where the patch changes nothing by which it could lag behind.
   */
  afterWrites: z.enum(['pending', 'equal', 'other', 'unshown']).optional(),
});
export type GuardEvidence = z.infer<typeof GuardEvidence>;

const Costs = z.strictObject({
  wallMs: z.number().nonnegative(),
  trials: z.int().nonnegative(),
});

/** Everything a verdict on one candidate and one case stands on. What was not done yet is null, or not there yet. */
export const Evidence = z.strictObject({
  case: z.string(),
  query: z.string(),
  /** 1 for the first confirm stage on this holdout version. */
  attempt: z.int().positive(),
  objective: z.strictObject({
    ms: z.number().positive(),
    calibrationFreezeMs: z.number().positive(),
    calibrationNowMs: z.number().positive(),
  }),
  variants: z.array(EvidenceVariant),
  policy: z.array(PolicyFinding).nullable(),
  build: BuildEvidence.nullable(),
  /** `not-declared` where the target has no test command. */
  tests: z.union([TestsEvidence, z.literal('not-declared')]).nullable(),
  database: z.array(DatabaseFinding).nullable(),
  sessions: z.array(Session),
  staleness: z.array(StalenessFinding).nullable(),
  /**
   * Queries that must be looked at as guards; `guards` holds those that were. The case's own is among them for what was shown of
   * it: whatever is right on hidden parameters after writes may keep old answers for those that a fixer knows.
   */
  guardQueries: z.array(z.string()),
  guards: z.array(GuardEvidence),
  /** The same writes on both arms. */
  writes: z.array(Pair),
  costs: Costs,
});
export type Evidence = z.infer<typeof Evidence>;

/** The objective on this machine, now: milliseconds × calibration now ÷ calibration at freeze. */
export function scaledObjectiveMs({
  ms,
  calibrationFreezeMs,
  calibrationNowMs,
}: Evidence['objective']): number {
  return (ms * calibrationNowMs) / calibrationFreezeMs;
}

/** What one run of a variant did; `answered` with rows compared, or how it ended instead. */
export type TrialObservation =
  | { ended: 'answered'; rowsEqual: boolean; ms: number }
  | { ended: 'cut'; ms: number }
  | { ended: 'crashed' | 'forged' }
  | { ended: 'infrastructure' };

/**
 * Passed: the right rows within the objective. A limit that the code under test hit, or its crash, is a failure; only
 * what happened outside it is an infrastructure error.
 */
export function scoreTrial(observation: TrialObservation, objectiveMs: number): TrialOutcome {
  switch (observation.ended) {
    case 'answered':
      return observation.rowsEqual && observation.ms <= objectiveMs ? 'passed' : 'failed';
    case 'cut':
      return 'timed_out';
    case 'crashed':
      return 'failed';
    case 'forged':
      return 'invalid';
    case 'infrastructure':
      return 'infra_error';
  }
}
