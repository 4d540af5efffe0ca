import { sql } from 'drizzle-orm';
import { bigserial, index, primaryKey, uniqueIndex } from 'drizzle-orm/pg-core';
import { at, jsonb, real, target, text, whetstone } from './columns.ts';

export const loops = whetstone.table(
  'loops',
  {
    target: target(),
    id: text('id').notNull(),
    startedAt: at('started_at').notNull().default(sql`now()`),
    finishedAt: at('finished_at'),
    baseRevision: text('base_revision').notNull(),
    configSha256: text('config_sha256').notNull(),
    state: text('state').$type<'running' | 'finished' | 'failed'>().notNull().default('running'),
    /** What `whetstone loop --json` prints. */
    summary: jsonb('summary').$type<object>(),
  },
  (table) => [
    primaryKey({ columns: [table.target, table.id] }),
    index('loops_started').on(table.target, table.startedAt),
  ],
);

export const events = whetstone.table(
  'events',
  {
    seq: bigserial('seq', { mode: 'number' }).primaryKey(),
    target: target(),
    /** Workflow and step of an event that a step emits, so that the step's repetition emits it once. */
    key: text('key'),
    at: at('at').notNull().default(sql`now()`),
    kind: text('kind').notNull(),
    data: jsonb('data').$type<object>().notNull(),
  },
  (table) => [uniqueIndex('events_key').on(table.target, table.key)],
);

export const spending = whetstone.table(
  'spending',
  {
    target: target(),
    /** Workflow and step that spent it, or another key that its repetition shares. */
    id: text('id').notNull(),
    loop: text('loop'),
    kind: text('kind').notNull(),
    amount: real('amount').notNull(),
    unit: text('unit').notNull(),
    at: at('at').notNull().default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.target, table.id] })],
);
