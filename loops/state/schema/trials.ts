import { sql } from 'drizzle-orm';
import { boolean, index, integer, primaryKey } from 'drizzle-orm/pg-core';
import { at, createdAt, jsonb, real, target, text, whetstone } from './columns.ts';

/** What was measured together, and on what. */
export const runs = whetstone.table(
  'runs',
  {
    target: target(),
    id: text('id').notNull(),
    kind: text('kind').$type<'eval' | 'admission' | 'gate' | 'frontier'>().notNull(),
    dataset: text('dataset').notNull(),
    version: integer('version').notNull(),
    datasetSha256: text('dataset_sha256').notNull(),
    revision: text('revision').notNull(),
    patchSha256: text('patch_sha256'),
    startedAt: at('started_at').notNull().default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.target, table.id] })],
);

export const trials = whetstone.table(
  'trials',
  {
    target: target(),
    id: text('id').notNull(),
    run: text('run').notNull(),
    caseId: text('case_id').notNull(),
    variant: text('variant').notNull(),
    arm: text('arm').$type<'baseline' | 'candidate'>().notNull(),
    revision: text('revision').notNull(),
    session: integer('session').notNull(),
    outcome: text('outcome').$type<'passed' | 'failed' | 'timed_out' | 'invalid' | 'infra_error'>().notNull(),
    ms: real('ms'),
    /** The run was cut at its limit: `ms` is a lower bound. */
    cut: boolean('cut').notNull(),
    /** What the verifier saw: enough to score the trial again under corrected rules. */
    seen: jsonb('seen').$type<object>(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.target, table.id] }),
    index('trials_run').on(table.target, table.run),
  ],
);
