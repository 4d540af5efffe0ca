import { connect } from 'node:net';
import path from 'node:path';
import type { Sandbox } from '../../../sandboxes/containers/sandbox.ts';
import { startPostgres } from '../../../tests/support/postgres.ts';
import { SqlClient } from '../../target/sql-client.ts';

/** A target's database in a server of its own, as an arm's container has it. */
export interface TargetDatabase extends AsyncDisposable {
  sql: SqlClient;
}

export async function openTargetDatabase(schema: string): Promise<TargetDatabase> {
  const server = await startPostgres();
  const admin = await server.connect();
  await admin.query('CREATE ROLE sandbox LOGIN SUPERUSER');
  await admin.query('CREATE DATABASE target OWNER sandbox');
  await admin.end();
  const pipe = async () => connect(path.join(server.host, '.s.PGSQL.5432'));
  const sql = await SqlClient.open({ pipe } as unknown as Sandbox);
  await sql.run(schema);
  return {
    sql,
    async [Symbol.asyncDispose]() {
      await sql[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** One of the base and one of the candidate. */
export interface TwoDatabases extends AsyncDisposable {
  base: SqlClient;
  candidate: SqlClient;
}

export async function openTwoDatabases(schema: string): Promise<TwoDatabases> {
  const [base, candidate] = await Promise.all([openTargetDatabase(schema), openTargetDatabase(schema)]);
  return {
    base: base.sql,
    candidate: candidate.sql,
    async [Symbol.asyncDispose]() {
      await Promise.all([base[Symbol.asyncDispose](), candidate[Symbol.asyncDispose]()]);
    },
  };
}
