import { boolean, index, integer, primaryKey } from 'drizzle-orm/pg-core';
import type { Split } from '../../../datasets/cases/case.ts';
import type { PlanKind } from '../../../datasets/cases/plan-kind.ts';
import { bytes, createdAt, jsonb, real, target, text, whetstone } from './columns.ts';

export type Fate = 'wrong-rows' | 'stale' | 'noise' | 'guard' | 'below-objective' | 'accepted' | 'not-chosen';

export const cases = whetstone.table(
  'cases',
  {
    target: target(),
    id: text('id').notNull(),
    pattern: text('pattern').notNull(),
    query: text('query'),
    state: text('state').$type<'admitted' | 'refused'>().notNull(),
    /** The admission check that refused it, and what it saw; null when admitted. */
    check: text('check'),
    detail: text('detail').notNull(),
    certificate: jsonb('certificate').$type<object>(),
    path: text('path'),
    dataset: text('dataset'),
    version: integer('version'),
    split: text('split').$type<Split>(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.target, table.id] }),
    index('cases_pattern').on(table.target, table.pattern),
  ],
);

/** The matrix: one row a case and plan. */
export const cells = whetstone.table(
  'cells',
  {
    target: target(),
    caseId: text('case_id').notNull(),
    planId: text('plan_id').notNull(),
    kind: text('kind').$type<PlanKind>().notNull(),
    label: text('label').notNull(),
    state: text('state').$type<'ok' | 'wrong' | 'failed' | 'stopped'>().notNull(),
    medianMs: real('median_ms'),
    firstMs: real('first_ms'),
    storageBytes: bytes('storage_bytes'),
    buildMs: real('build_ms'),
    /** What became of a plan that was measured; null while nothing has been decided. */
    fate: text('fate').$type<Fate>(),
    detail: text('detail').notNull(),
    /** The engine a moved query runs on; null inside PostgreSQL. */
    engine: text('engine'),
    /** Whether the configuration's `allow` names the plan's kind. */
    allowed: boolean('allowed').notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.target, table.caseId, table.planId] })],
);
