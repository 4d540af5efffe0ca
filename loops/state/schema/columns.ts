import { sql } from 'drizzle-orm';
import { bigint, customType, doublePrecision, pgSchema, timestamp } from 'drizzle-orm/pg-core';

/** Every row belongs to a target, so that one server (DATABASE_URL) serves several. */
export const whetstone = pgSchema('whetstone');

/**
 * PostgreSQL stores neither U+0000 nor half a surrogate pair, and what a candidate answers may hold both: they become
 * U+FFFD, so that an answer cannot stop the loop.
 */
const storable = (value: string) => value.replace(/\0|\p{Surrogate}/gu, '\ufffd');
export const text = customType<{ data: string }>({ dataType: () => 'text', toDriver: storable });
export const jsonb = customType<{ data: unknown }>({
  dataType: () => 'jsonb',
  toDriver: (value) => JSON.stringify(value, (_, part) => (typeof part === 'string' ? storable(part) : part)),
});

export const target = () => text('target').notNull();
export const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });
export const createdAt = () => at('created_at').notNull().default(sql`now()`);
export const real = (name: string) => doublePrecision(name);
export const bytes = (name: string) => bigint(name, { mode: 'number' });
