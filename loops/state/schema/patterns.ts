import { sql } from 'drizzle-orm';
import { primaryKey } from 'drizzle-orm/pg-core';
import type { PatternSample } from '../../../datasets/patterns/pattern.ts';
import { at, bytes, jsonb, real, target, text, whetstone } from './columns.ts';

/** What was read of each source, so that a second run knows that nothing is new. */
export const sources = whetstone.table(
  'sources',
  {
    target: target(),
    path: text('path').notNull(),
    bytes: bytes('bytes').notNull(),
    sha256: text('sha256').notNull(),
    signals: bytes('signals').notNull(),
    readAt: at('read_at').notNull().default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.target, table.path] })],
);

export const patterns = whetstone.table(
  'patterns',
  {
    target: target(),
    id: text('id').notNull(),
    fingerprint: text('fingerprint').notNull(),
    /** The target's query that has this fingerprint; null where none owns it. */
    query: text('query'),
    count: bytes('count').notNull(),
    totalMs: real('total_ms').notNull(),
    share: real('share').notNull(),
    p50Ms: real('p50_ms').notNull(),
    p95Ms: real('p95_ms').notNull(),
    maxMs: real('max_ms').notNull(),
    firstSeen: at('first_seen'),
    lastSeen: at('last_seen'),
    samples: jsonb('samples').$type<PatternSample[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.target, table.id] })],
);
