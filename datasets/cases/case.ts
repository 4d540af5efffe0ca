import { z } from 'zod';
import { Params } from '../patterns/pattern.ts';

export const Split = z.enum(['dev', 'holdout', 'guard', 'frontier']);
export type Split = z.infer<typeof Split>;

export const VariantKind = z.enum(['visible', 'decile', 'empty', 'boundary', 'tie', 'mutated']);
export type VariantKind = z.infer<typeof VariantKind>;

/** One parameter set of a case, with the digest of the rows that the base SQL gave at freeze. */
export const Variant = z.strictObject({
  id: z.string(),
  kind: VariantKind,
  params: Params,
  /** Statements that are run on the system of record before the query; not empty for `mutated` alone. */
  writes: z.array(z.string()),
  rows: z.int(),
  /** SHA-256 of the canonical rows (see rows.ts) on the frozen data. */
  sha256: z.string(),
  /** Baseline's median when the case was admitted, milliseconds; at least that where the run was cut. */
  baseMs: z.number(),
  /** `holdout` unless it passes on the base: then it is a guard. */
  split: Split,
});
export type Variant = z.infer<typeof Variant>;

/** A slow-query case: what `[metadata.whetstone]` of its task.toml and `tests/variants.json` say together. */
export const QueryCase = z.strictObject({
  id: z.string(),
  pattern: z.string(),
  /** The query's name in the target. */
  query: z.string(),
  sql: z.string(),
  /** Rows are compared in order; false: as a multiset, because the query does not order or has ties. */
  ordered: z.boolean(),
  objectiveMs: z.number(),
  /** The calibration query at freeze, milliseconds: the fastest of several runs. */
  calibrationMs: z.number(),
  /** Seconds a derived copy may lag behind the system of record; 0: not at all. */
  stalenessS: z.number(),
  /** What the fixer may see: parameters of variants of kind `visible`. */
  visible: z.array(Variant),
  /** Sealed. */
  hidden: z.array(Variant),
  /** Sealed: further parameter sets of the log for timed samples. */
  pool: z.array(Params),
  /** One uncut run of the base SQL on the slowest visible variant, milliseconds. */
  baseMs: z.number(),
  /** The plan that made it slow: EXPLAIN (FORMAT JSON) of the first visible variant. */
  basePlan: z.unknown(),
});
export type QueryCase = z.infer<typeof QueryCase>;

/** One admission check with what it found; a case's certificate is the list of them. */
export const AdmissionCheck = z.strictObject({
  check: z.enum([
    'owned',
    'fails-before',
    'not-empty',
    'deterministic',
    'two-right-solutions',
    'no-op-fails',
    'sensitive',
    'reported',
    'separable',
    'guarded',
    'not-dated',
    'offline',
    'alone',
    'oracle-passes',
    'not-narrow',
    'no-leak',
    'not-weak',
    'not-duplicate',
  ]),
  /** Null: the check does not apply, as there is nothing to ask it of; `detail` says what is missing. */
  passed: z.boolean().nullable(),
  detail: z.string(),
  ms: z.number(),
});
export type AdmissionCheck = z.infer<typeof AdmissionCheck>;
