import { canonicalRows } from '../../datasets/cases/canonical-rows.ts';
import type { ResultSet } from '../../datasets/cases/rows.ts';
import type { Params } from '../../datasets/patterns/pattern.ts';
import type { SqlClient } from '../target/sql-client.ts';

/** How long one uncut run of the base SQL may take. */
export const REFERENCE_LIMIT_MS = 60_000;

/** The right answer for one parameter set: the base SQL run by Whetstone itself, and how long it took. */
export interface Reference {
  result: ResultSet;
  rows: number;
  /** Digest of the rows, in order where the query orders. */
  sha256: string;
  /** Digest of the rows whatever their order. */
  looseSha256: string;
  ms: number;
}

/** @throws pg's DatabaseError, also where the statement exceeds `limitMs`. */
export async function referenceRows(
  sql: SqlClient,
  baseSql: string,
  params: Params,
  options: { ordered: boolean; limitMs: number },
): Promise<Reference> {
  await sql.run(`SET statement_timeout = ${Math.ceil(options.limitMs)}`);
  const started = performance.now();
  const result = await sql.query(baseSql, params);
  const ms = performance.now() - started;
  await sql.run('SET statement_timeout = 0');
  const loose = canonicalRows(result, { ordered: false }).sha256;
  const sha256 = options.ordered ? canonicalRows(result, { ordered: true }).sha256 : loose;
  return { result, rows: result.rows.length, sha256, looseSha256: loose, ms };
}

/** Whether PostgreSQL refused the statement, rather than that the connection or the sandbox was lost. */
export function isDatabaseError(error: unknown): error is Error & { code: string } {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^[0-9A-Z]{5}$/.test(error.code)
  );
}
