import pg from 'pg';

/**
 * Column names, PostgreSQL's type names (`int4`, `_text`), and rows of values in PostgreSQL's text format.
 * @typedef {{ columns: string[], types: string[], rows: unknown[][] }} ResultSet
 */

/**
 * What a query module gets. Whoever calls `connect` ends the client; `storeDir` is a folder for copies that live outside
 * PostgreSQL.
 * @typedef {{ connect(): Promise<pg.Client>, storeDir: string }} Db
 */

/** Connects as PGHOST, PGDATABASE and PGUSER say; values come back as PostgreSQL's text, whatever their type. */
async function connect() {
  const client = new pg.Client({ types: { getTypeParser: () => (value) => value } });
  // A lost connection also rejects the query in flight, which reports it; unheard, the event would end the process.
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** @type {Db} */
export const db = { connect, storeDir: process.env['STORE_DIR'] ?? 'store' };

/** @type {Map<number, string>} */
const typeNames = new Map();

async function nameTypes(client, oids) {
  if (oids.some((oid) => !typeNames.has(oid))) {
    const known = await client.query({ text: 'SELECT oid, typname FROM pg_type', rowMode: 'array' });
    for (const [oid, name] of known.rows) typeNames.set(Number(oid), name);
  }
  return oids.map((oid) => typeNames.get(oid) ?? 'unknown');
}

/**
 * Runs one statement with its parameters in text format.
 * @param {pg.Client} client
 * @param {string} text
 * @param {(string | null)[]} params
 * @returns {Promise<ResultSet>}
 */
export async function runSql(client, text, params) {
  const result = await client.query({ text, values: params, rowMode: 'array' });
  return {
    columns: result.fields.map((field) => field.name),
    types: await nameTypes(
      client,
      result.fields.map((field) => field.dataTypeID),
    ),
    rows: result.rows,
  };
}
