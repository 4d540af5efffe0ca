import { integer, primaryKey, unique } from 'drizzle-orm/pg-core';
import { candidates } from './candidates.ts';
import { at, createdAt, jsonb, real, target, text, whetstone } from './columns.ts';

export const pullRequests = whetstone.table(
  'pull_requests',
  {
    target: target(),
    /** 1, 2, … for each target. */
    number: integer('number').notNull(),
    pattern: text('pattern').notNull(),
    candidateId: text('candidate_id')
      .notNull()
      .references(() => candidates.id),
    branch: text('branch').notNull(),
    commit: text('commit').notNull(),
    state: text('state').$type<'open' | 'approved' | 'rejected' | 'merged'>().notNull().default('open'),
    url: text('url'),
    title: text('title').notNull(),
    body: text('body').notNull(),
    speedup: real('speedup').notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.target, table.number] }),
    unique('pull_requests_candidate').on(table.candidateId),
    unique('pull_requests_branch').on(table.target, table.branch),
  ],
);

export const frontier = whetstone.table(
  'frontier',
  {
    target: target(),
    dataset: text('dataset').notNull(),
    version: integer('version').notNull(),
    caseId: text('case_id').notNull(),
    /** When the case first joined a frontier. */
    since: at('since').notNull(),
    bestAttempt: jsonb('best_attempt').$type<object>(),
    audit: jsonb('audit').$type<object>().notNull(),
    /** What the last `frontier run` made of it; null before the first. */
    outcome: text('outcome'),
  },
  (table) => [primaryKey({ columns: [table.target, table.dataset, table.version, table.caseId] })],
);
