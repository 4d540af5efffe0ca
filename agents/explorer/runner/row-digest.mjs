// Runs inside the sandbox beside both runners: what one of them calls equal rows, the other must.
import { createHash } from 'node:crypto';

/** Bytes of rows that one process may send to the host. */
export const SHIPPED_BYTES = 3_000_000;

/** The rows as a digest, in which their order counts only where the query fixes it. */
export function rowDigest({ columns, types, rows }, ordered) {
  const lines = rows.map((row) => JSON.stringify(row));
  if (!ordered) lines.sort();
  return createHash('sha256')
    .update(JSON.stringify([columns, types, lines]))
    .digest('hex');
}
