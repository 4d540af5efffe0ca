import { ident } from '../sql/nodes.ts';
import { duckdbType } from './duckdb-sql.ts';
import type { MovedTable } from './moved-tables.ts';

export interface DuckdbLayout {
  format: 'native' | 'parquet';
  /** Columns that each table's rows are sorted by, by table name; a table that is not named keeps its order. */
  sort: Record<string, string[]>;
  rowGroup: number;
  /** Columns, by table name, whose Parquet bloom filter must be in the file. */
  bloom: Record<string, string[]>;
}

interface Module {
  query: string;
  why: string;
  sql: string;
  result: { columns: string[]; types: string[] };
  tables: { table: MovedTable; source: string }[];
  layout: DuckdbLayout;
}

/** Source of `queries/<name>.ts`: the copy in DuckDB, how it is built, brought up to date and asked. */
export function duckdbModule({ query, why, sql, result, tables, layout }: Module): string {
  const copies = tables.map(({ table: { table, columns }, source }) => ({
    name: table.name,
    export: `SELECT ${columns.map(({ name }) => ident(name)).join(', ')} FROM ${source}`,
    columns: Object.fromEntries(columns.map(({ name, type }) => [name, duckdbType(type)])),
    orderBy: (layout.sort[table.name] ?? []).map(ident).join(', '),
    bloom: layout.format === 'parquet' ? (layout.bloom[table.name] ?? []) : [],
  }));
  const parquet = layout.format === 'parquet';
  return `// ${why}
// PostgreSQL stays the system of record: \`refresh\` copies what the query reads into a new folder of the store, and
// \`run\` takes the new one as soon as the file \`current\` names it.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

interface Client {
  query(sql: string): Promise<unknown>;
  end(): Promise<void>;
}

interface Db {
  connect(): Promise<Client>;
  storeDir: string;
}

const STORE = ${JSON.stringify(query)};
const SQL = ${JSON.stringify(sql)};
const COLUMNS = ${JSON.stringify(result.columns)};
const TYPES = ${JSON.stringify(result.types)};
const TABLES = ${JSON.stringify(copies, null, 2)};
// NULLs where PostgreSQL puts them, and its time zone.
const SETTINGS = ["SET TimeZone = 'UTC'", "SET default_null_order = 'nulls_last_on_asc_first_on_desc'"];

const name = (text: string) => \`"\${text.replaceAll('"', '""')}"\`;
const text = (value: string) => \`'\${value.replaceAll("'", "''")}'\`;

export async function build(db: Db): Promise<void> {
  await refresh(db);
}

export async function refresh(db: Db): Promise<void> {
  const store = resolve(db.storeDir, STORE);
  const version = \`v\${Date.now()}-\${process.pid}\`;
  const folder = join(store, version);
  await mkdir(folder, { recursive: true });
  await exportTables(db, folder);
  await importTables(folder);
  await writeFile(join(store, 'current.new'), version);
  await rename(join(store, 'current.new'), join(store, 'current'));
  // The version before this one may still be read by a run that has begun.
  const versions = (await readdir(store)).filter((entry) => /^v\\d/.test(entry)).sort();
  for (const old of versions.slice(0, -2)) await rm(join(store, old), { recursive: true, force: true });
}

/** One snapshot for all tables, written by the server itself. */
async function exportTables(db: Db, folder: string): Promise<void> {
  const client = await db.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query("SET LOCAL TIME ZONE 'UTC'");
    for (const [at, table] of TABLES.entries()) {
      const path = text(join(folder, \`\${at}.csv\`));
      await client.query(\`COPY (\${table.export}) TO \${path} (FORMAT csv, NULL '\\\\N')\`);
    }
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

async function importTables(folder: string): Promise<void> {
  const instance = await DuckDBInstance.create(${parquet ? "':memory:'" : "join(folder, 'data.duckdb')"});
  const connection = await instance.connect();
  for (const setting of SETTINGS) await connection.run(setting);
  for (const [at, table] of TABLES.entries()) {
    const csv = join(folder, \`\${at}.csv\`);
    const columns = Object.entries(table.columns).map(([column, type]) => \`\${text(column)}: \${text(type)}\`);
    const rows = \`read_csv(\${text(csv)}, columns = {\${columns.join(', ')}}, header = false, nullstr = '\\\\N', allow_quoted_nulls = false, auto_detect = false, delim = ',', quote = '"', escape = '"')\`;
    const order = table.orderBy === '' ? '' : \` ORDER BY \${table.orderBy}\`;
${
  parquet
    ? `    const path = join(folder, \`\${at}.parquet\`);
    await connection.run(
      \`COPY (SELECT * FROM \${rows}\${order}) TO \${text(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${layout.rowGroup}, DICTIONARY_SIZE_LIMIT ${layout.rowGroup}, STRING_DICTIONARY_PAGE_SIZE_LIMIT 100000000)\`,
    );
    for (const column of table.bloom) {
      // A filter that is silently left out would make this layout pointless.
      const found = await connection.runAndReadAll(
        \`SELECT count(*) FROM parquet_metadata(\${text(path)}) WHERE path_in_schema = \${text(column)} AND bloom_filter_offset IS NULL\`,
      );
      if (Number(found.getRows()[0]?.[0]) > 0) throw new Error(\`no bloom filter for \${column} in \${path}\`);
    }
`
    : `    await connection.run(\`CREATE TABLE \${name(table.name)} AS SELECT * FROM \${rows}\${order}\`);
`
}    await rm(csv);
  }
${parquet ? '' : "  await connection.run('CHECKPOINT');\n"}  connection.closeSync();
  instance.closeSync();
}

interface Opened {
  version: string;
  connection: DuckDBConnection;
}

let opened: Opened | undefined;
let retired: Opened | undefined;

/** The connection of the current version; a replaced one is closed a version later, when its runs have ended. */
async function connectionOf(store: string): Promise<DuckDBConnection> {
  const version = await readFile(join(store, 'current'), 'utf8');
  if (opened?.version === version) return opened.connection;
  const connection = await open(store, version);
  retired?.connection.closeSync();
  retired = opened;
  opened = { version, connection };
  return connection;
}

async function open(store: string, version: string): Promise<DuckDBConnection> {
${
  parquet
    ? `  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const setting of SETTINGS) await connection.run(setting);
  for (const [at, table] of TABLES.entries()) {
    const path = text(join(store, version, \`\${at}.parquet\`));
    await connection.run(\`CREATE VIEW \${name(table.name)} AS SELECT * FROM read_parquet(\${path})\`);
  }
`
    : `  const instance = await DuckDBInstance.create(join(store, version, 'data.duckdb'), { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  for (const setting of SETTINGS) await connection.run(setting);
`
}  return connection;
}

export async function run(params: (string | null)[], db: Db) {
  const connection = await connectionOf(resolve(db.storeDir, STORE));
  const statement = await connection.prepare(SQL);
  statement.bind(params);
  const answer = await statement.runAndReadAll();
  const rows = answer.getRows().map((row) => row.map((value) => (value === null || typeof value === 'boolean' ? value : String(value))));
  return { columns: COLUMNS, types: TYPES, rows };
}
`;
}
