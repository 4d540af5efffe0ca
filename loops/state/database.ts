import { fileURLToPath } from 'node:url';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { Fault } from '../../datasets/fault.ts';
import * as schema from './schema/index.ts';

export type Database = NodePgDatabase<typeof schema>;

const MIGRATION_LOCK = 7_239_002;

const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url));

/** Throws Fault `database-unreachable` where the server that DATABASE_URL names does not answer. */
export async function connectDatabase(url: string): Promise<{ db: Database; pool: pg.Pool }> {
  await migrated(url);
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    application_name: `whetstone pid ${process.pid}`,
  });
  // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  return { db: drizzle({ client: pool, schema }), pool };
}

async function migrated(url: string): Promise<void> {
  await withMigrationLock(url, (client) =>
    migrate(drizzle({ client }), {
      migrationsFolder: MIGRATIONS,
      migrationsSchema: 'whetstone',
      migrationsTable: 'migrations',
    }),
  );
}

/** Lets one process at a time change the schema, ours or that of the workflow engine. */
export async function withMigrationLock<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connectClient(url, `whetstone pid ${process.pid}`);
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

export async function connectClient(url: string, applicationName: string): Promise<pg.Client> {
  try {
    const client = new pg.Client({
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: 10_000,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  } catch (cause) {
    throw new Fault(
      'database-unreachable',
      `The database ${withoutPassword(url)} cannot be used: ${(cause as Error).message}`,
      {
        kind: 'infrastructure',
        hint: 'Check DATABASE_URL, or unset it to use the embedded database.',
        cause,
      },
    );
  }
}

function withoutPassword(text: string): string {
  const url = URL.parse(text);
  if (url === null) return '(not a URL)';
  if (url.password) url.password = '***';
  return url.toString();
}
