import pg from 'pg';

/** Column names, PostgreSQL's type names (`int4`, `_text`), and rows of values in PostgreSQL's text format. */
export interface ResultSet {
  columns: string[];
  types: string[];
  rows: unknown[][];
}

/** What a query module gets. Whoever calls `connect` ends the client. */
export interface Db {
  connect(): Promise<pg.Client>;
  /** Folder for copies that live outside PostgreSQL. */
  storeDir: string;
}

/** Connects as PGHOST, PGDATABASE and PGUSER say; values come back as PostgreSQL's text, whatever their type. */
async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ types: { getTypeParser: () => (value: string) => value } });
  // A lost connection also rejects the query in flight, which reports it; unheard, the event would end the process.
  client.on('error', () => {});
  await client.connect();
  return client;
}

export const db: Db = { connect, storeDir: process.env['STORE_DIR'] ?? 'store' };

const typeNames = new Map<number, string>();

async function nameTypes(client: pg.Client, oids: number[]): Promise<string[]> {
  if (oids.some((oid) => !typeNames.has(oid))) {
    const known = await client.query<[string, string]>({
      text: 'SELECT oid, typname FROM pg_type',
      rowMode: 'array',
    });
    for (const [oid, name] of known.rows) typeNames.set(Number(oid), name);
  }
  return oids.map((oid) => typeNames.get(oid) ?? 'unknown');
}

/** Runs one statement with its parameters in text format. */
export async function runSql(client: pg.Client, text: string, params: (string | null)[]): Promise<ResultSet> {
  const result = await client.query<unknown[]>({ text, values: params, rowMode: 'array' });
  return {
    columns: result.fields.map((field) => field.name),
    types: await nameTypes(
      client,
      result.fields.map((field) => field.dataTypeID),
    ),
    rows: result.rows,
  };
}
