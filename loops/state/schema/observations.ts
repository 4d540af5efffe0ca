import { customType, primaryKey } from 'drizzle-orm/pg-core';
import { createdAt, target, text, whetstone } from './columns.ts';

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/** What trials were scored from, as it came: reports of tests, rows. Each text once, whatever the number of trials. */
export const observations = whetstone.table(
  'observations',
  {
    target: target(),
    sha256: text('sha256').notNull(),
    /** Deflated UTF-8. */
    content: bytea('content').notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.target, table.sha256] })],
);
