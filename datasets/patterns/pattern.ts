import { z } from 'zod';

/** Text of each bind parameter in PostgreSQL's text format, null for NULL. */
export const Params = z.array(z.string().nullable());
export type Params = z.infer<typeof Params>;

export const PatternSample = z.strictObject({
  sql: z.string(),
  params: Params.nullable(),
  durationMs: z.number(),
  at: z.iso.datetime().nullable(),
});
export type PatternSample = z.infer<typeof PatternSample>;

/** The signals that share a fingerprint, with their impact. */
export const Pattern = z.strictObject({
  /** First 16 hex digits of the SHA-256 of the fingerprint. */
  id: z.string(),
  /** The statement with its literals replaced, as people read it. */
  fingerprint: z.string(),
  count: z.int(),
  totalMs: z.number(),
  /** Share of the log's total time, 0–1. */
  share: z.number(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  maxMs: z.number(),
  firstSeen: z.iso.datetime().nullable(),
  lastSeen: z.iso.datetime().nullable(),
  /** A bounded sample over the pattern's durations: the slowest ones and a seeded reservoir of distinct parameter sets. */
  samples: z.array(PatternSample),
});
export type Pattern = z.infer<typeof Pattern>;
