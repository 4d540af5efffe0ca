import { index, integer, primaryKey, unique } from 'drizzle-orm/pg-core';
import { createdAt, jsonb, target, text, whetstone } from './columns.ts';

export const candidates = whetstone.table(
  'candidates',
  {
    /** Hash of target, case and patch, so that the same patch is the same candidate. */
    id: text('id').primaryKey(),
    target: target(),
    /** Null for a patch that somebody brings without naming a case. */
    caseId: text('case_id'),
    pattern: text('pattern'),
    patch: text('patch').notNull(),
    patchSha256: text('patch_sha256').notNull(),
    kind: text('kind').notNull(),
    label: text('label').notNull(),
    planId: text('plan_id'),
    rationale: text('rationale').notNull(),
    submittedBy: text('submitted_by').notNull(),
    state: text('state')
      .$type<'submitted' | 'accepted' | 'rejected' | 'inconclusive' | 'superseded'>()
      .notNull()
      .default('submitted'),
    createdAt: createdAt(),
  },
  (table) => [index('candidates_case').on(table.target, table.caseId)],
);

/** Confirm stages that looked at a holdout. */
export const attempts = whetstone.table(
  'attempts',
  {
    target: target(),
    pattern: text('pattern').notNull(),
    /** By `holdoutOf`. */
    holdout: text('holdout').notNull(),
    /** 1 for the first on this holdout. */
    number: integer('number').notNull(),
    /** What its trials and its verdict are kept under. */
    run: text('run').notNull(),
    patchSha256: text('patch_sha256').notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.target, table.pattern, table.holdout, table.number] }),
    unique('attempts_run').on(table.target, table.run),
  ],
);

export const verdicts = whetstone.table(
  'verdicts',
  {
    target: target(),
    candidateId: text('candidate_id')
      .notNull()
      .references(() => candidates.id),
    run: text('run').notNull(),
    verdict: text('verdict').$type<'accepted' | 'rejected' | 'inconclusive'>().notNull(),
    reasons: jsonb('reasons').$type<{ code: string; detail: string }[]>().notNull(),
    /** What `whetstone gate --json` prints. */
    document: jsonb('document').$type<object>().notNull(),
    evidence: jsonb('evidence').$type<object>(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.candidateId, table.run] })],
);
