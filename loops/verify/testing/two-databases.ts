import { connect } from 'node:net';
import path from 'node:path';
import type { Sandbox } from '../../../sandboxes/sandbox.ts';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.ts';
import { SqlClient } from '../../target/sql-client.ts';

/** A database of the base and one of the candidate, each in a server of its own, as an arm's container has it. */
export interface TwoDatabases extends AsyncDisposable {
  base: SqlClient;
  candidate: SqlClient;
}

export async function openTwoDatabases(schema: string): Promise<TwoDatabases> {
  const servers = await Promise.all([startPostgres(), startPostgres()]);
  const open = async ({ host, connect: connectAsAdmin }: TestPostgres): Promise<SqlClient> => {
    const admin = await connectAsAdmin();
    await admin.query('CREATE ROLE sandbox LOGIN SUPERUSER');
    await admin.query('CREATE DATABASE target OWNER sandbox');
    await admin.end();
    const pipe = async () => connect(path.join(host, '.s.PGSQL.5432'));
    const sql = await SqlClient.open({ pipe } as unknown as Sandbox);
    await sql.run(schema);
    return sql;
  };
  const [base, candidate] = (await Promise.all(servers.map(open))) as [SqlClient, SqlClient];
  return {
    base,
    candidate,
    async [Symbol.asyncDispose]() {
      await Promise.all([base[Symbol.asyncDispose](), candidate[Symbol.asyncDispose]()]);
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
    },
  };
}
