import type { SqlClient } from '../target/sql-client.ts';
import { isDatabaseError } from './reference.ts';

/** Undefined where the database refused what was done. */
export async function inRollback<T>(sql: SqlClient, body: () => Promise<T>): Promise<T | undefined> {
  // A scan that began where another one left off would find other rows each time.
  await sql.run('BEGIN; SET LOCAL synchronize_seqscans = off');
  try {
    return await body();
  } catch (error) {
    if (!isDatabaseError(error)) throw error;
    return undefined;
  } finally {
    await sql.run('ROLLBACK');
  }
}

/** All at once, or, where the database takes some of them no more, one by one. */
export async function replay(sql: SqlClient, statements: readonly string[]): Promise<void> {
  if (await tryStatement(sql, statements.join(';\n'))) return;
  for (const statement of statements) await tryStatement(sql, statement);
}

/** Whether the database took it; a refused one leaves the transaction as it was. */
export async function tryStatement(sql: SqlClient, statement: string): Promise<boolean> {
  try {
    await sql.run(`SAVEPOINT attempt;\n${statement};\nRELEASE attempt`);
    return true;
  } catch (error) {
    if (!isDatabaseError(error)) throw error;
    await sql.run('ROLLBACK TO attempt');
    return false;
  }
}
