import { z } from 'zod';

const ResultRows = z.object({
  columns: z.array(z.string()),
  types: z.array(z.string()),
  rows: z.array(z.array(z.unknown())),
});

/** What the reference gave for one parameter set: `cut` where it reached the time limit. */
export const BaseFinding = z.discriminatedUnion('state', [
  z.object({
    set: z.int(),
    state: z.literal('ok'),
    ms: z.array(z.number()).min(1),
    plan: z.unknown(),
    digest: z.string(),
    rowCount: z.int(),
    /** Null where the rows are too many to send. */
    result: ResultRows.nullable(),
  }),
  z.object({ set: z.int(), state: z.enum(['cut', 'failed']), ms: z.array(z.number()), message: z.string() }),
]);
export type BaseFinding = z.infer<typeof BaseFinding>;

/** Planner costs by parameter set with hypothetical indexes; `used` are positions in the plan's `indexes`. */
export const ScreenFinding = z.object({
  id: z.string(),
  costs: z.array(z.number()).nullable(),
  used: z.array(z.int()),
  message: z.string().optional(),
});
export type ScreenFinding = z.infer<typeof ScreenFinding>;

/** What a plan did; `times[set]` are its runs in order, milliseconds. */
export const PlanFinding = z.object({
  id: z.string(),
  /** `unused`: the planner took nothing that the plan built. `unstarted`: the job's time was over. */
  state: z.enum(['ok', 'differs', 'failed', 'stopped', 'unused', 'unstarted']),
  buildMs: z.number().nullable().default(null),
  storageBytes: z.number().nullable().default(null),
  times: z.array(z.array(z.number())).default([]),
  costs: z.array(z.number()).default([]),
  /** Names of what the plan built and the planner used. */
  used: z.array(z.string()).default([]),
  /** A run (not the build) reached the time limit. */
  cut: z.boolean().default(false),
  message: z.string().optional(),
  /** With `differs`: the parameter sets whose rows are not the reference's as text; `result` is null where too many. */
  differing: z
    .array(z.object({ set: z.int(), digest: z.string(), rowCount: z.int(), result: ResultRows.nullable() }))
    .default([]),
});
export type PlanFinding = z.infer<typeof PlanFinding>;
