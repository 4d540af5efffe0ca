import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { encodeValue, type ValueKind } from './values.ts';

interface Client {
  query(query: string | { text: string; values: unknown[]; rowMode: 'array' }): Promise<{ rows: unknown[] }>;
  end(): Promise<void>;
}

interface Db {
  connect(): Promise<Client>;
  storeDir: string;
}

/** What a query that moved to SQLite keeps and asks. */
export interface StoreSpec {
  name: string;
  tables: {
    /** Statements that make the table; the indexes come after the rows. */
    create: string;
    /** A SELECT for PostgreSQL of one text column `line`: the row as CSV. */
    export: string;
    /** Number of values in a line. */
    width: number;
    /** From the table `incoming`, whose columns are `v1`…, all text. */
    insert: string;
    indexes: string[];
  }[];
  /** Literal SQL and parameters in turn. */
  parts: (string | { param: number; kind: ValueKind })[];
  columns: string[];
  types: string[];
  /** Digits after the point of the numbers that are kept as integers; null for all else. */
  scales: (number | null)[];
  /** The query in PostgreSQL, for parameters that only PostgreSQL reads. */
  sql: string;
}

type ResultSet = { columns: string[]; types: string[]; rows: unknown[][] };

const END = '#end';
const SETTINGS = [
  '.mode json',
  'PRAGMA case_sensitive_like=ON;',
  'PRAGMA mmap_size=1073741824;',
  'PRAGMA cache_size=-65536;',
];
const OPTIONS = ['-batch', '-init', '/dev/null'];

export function openStore(spec: StoreSpec) {
  const fileOf = (db: Db) => join(resolve(db.storeDir), `${spec.name}.sqlite`);
  let opened: { version: string; shell: Shell } | undefined;

  /** The shell over the file that lies there now; one over an older file ends when it has answered. */
  async function shellOf(file: string): Promise<Shell> {
    const { ino, mtimeMs } = await stat(file);
    const version = `${file} ${ino} ${mtimeMs}`;
    if (opened?.version === version && opened.shell.alive) return opened.shell;
    opened?.shell.end();
    const shell = new Shell(['-safe', '-readonly', `${pathToFileURL(file).href}?immutable=1`]);
    opened = { version, shell };
    return shell;
  }

  async function refresh(db: Db): Promise<void> {
    const store = resolve(db.storeDir);
    await mkdir(store, { recursive: true });
    const folder = await mkdtemp(join(store, `${spec.name}-`));
    try {
      await exportTables(spec, db, folder);
      await importTables(spec, folder);
      await rename(join(folder, 'new.sqlite'), fileOf(db));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async function run(params: (string | null)[], db: Db): Promise<ResultSet> {
    const sql = bind(spec, params);
    if (sql === null) return askPostgres(spec, params, db);
    const answer = await (await shellOf(fileOf(db))).ask(sql);
    return { columns: spec.columns, types: spec.types, rows: answer.map((row) => decodeRow(row, spec)) };
  }

  return { build: refresh, refresh, run };
}

/** The statement with its parameters written in; null where one has a form that is left to PostgreSQL. */
function bind(spec: StoreSpec, params: readonly (string | null)[]): string | null {
  const texts = spec.parts.map((part) =>
    typeof part === 'string' ? part : encodeValue(params[part.param - 1] ?? null, part.kind),
  );
  return texts.includes(null) ? null : texts.join('');
}

async function askPostgres(spec: StoreSpec, params: (string | null)[], db: Db): Promise<ResultSet> {
  const client = await db.connect();
  try {
    const { rows } = await client.query({ text: spec.sql, values: params, rowMode: 'array' });
    return { columns: spec.columns, types: spec.types, rows: rows as unknown[][] };
  } finally {
    await client.end();
  }
}

function decodeRow(row: Record<string, string | number | null>, { types, scales }: StoreSpec): unknown[] {
  return Object.values(row).map((value, at) => {
    if (value === null) return null;
    if (types[at] === 'bool') return value === 1;
    const scale = scales[at] ?? null;
    if (scale !== null && scale > 0) return decimal(String(value), scale);
    return types[at] === 'timestamptz' ? `${value}+00` : String(value);
  });
}

function decimal(integer: string, scale: number): string {
  const digits = integer.replace('-', '').padStart(scale + 1, '0');
  return `${integer.startsWith('-') ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** All tables of one snapshot, as CSV. */
async function exportTables(spec: StoreSpec, db: Db, folder: string): Promise<void> {
  const client = await db.connect();
  try {
    const { rows: zones } = await client.query({ text: 'SHOW TimeZone', values: [], rowMode: 'array' });
    const zone = String((zones[0] as unknown[])[0]);
    if (!/^(Etc\/)?(UTC|UCT|GMT|Zulu)$/i.test(zone))
      throw new Error(`the copy is made for sessions in UTC, not in ${zone}`);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query("SET LOCAL DateStyle = 'ISO, YMD'");
    await client.query('SET LOCAL extra_float_digits = 1');
    for (const [at, table] of spec.tables.entries()) {
      const out = createWriteStream(join(folder, `${at}.csv`));
      await client.query(`DECLARE moved NO SCROLL CURSOR FOR ${table.export}`);
      for (;;) {
        const { rows } = await client.query({ text: 'FETCH 20000 FROM moved', values: [], rowMode: 'array' });
        if (rows.length === 0) break;
        if (!out.write(rows.map((row) => `${(row as unknown[])[0]}\n`).join(''))) await once(out, 'drain');
      }
      out.end();
      await once(out, 'close');
      await client.query('CLOSE moved');
    }
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

async function importTables(spec: StoreSpec, folder: string): Promise<void> {
  const lines = [
    "ATTACH 'new.sqlite' AS store;",
    'PRAGMA store.journal_mode=OFF;',
    'PRAGMA store.synchronous=OFF;',
    'PRAGMA main.journal_mode=OFF;',
    'PRAGMA main.synchronous=OFF;',
    'PRAGMA case_sensitive_like=ON;',
  ];
  for (const [at, table] of spec.tables.entries()) {
    const columns = Array.from({ length: table.width }, (_, i) => `v${i + 1}`).join(', ');
    lines.push(table.create, `CREATE TABLE main.incoming(${columns});`);
    lines.push(
      `.import --csv ${at}.csv incoming`,
      table.insert,
      'DROP TABLE main.incoming;',
      ...table.indexes,
    );
  }
  const child = spawn('sqlite3', ['-bail', ...OPTIONS, 'incoming.sqlite'], { cwd: folder });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.on('error', () => {});
  child.stdin.end(`${[...lines, 'ANALYZE store;'].join('\n')}\n`);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`sqlite3 could not build the copy: ${said.trim().slice(-500)}`);
}

/** A resident sqlite3: a statement is a line on its stdin, and its answer is JSON up to a line that says so. */
class Shell {
  alive = true;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting: { resolve(text: string): void; reject(error: Error): void }[] = [];
  private chunks: Buffer[] = [];

  constructor(args: string[]) {
    // Errors come on the same stream, before the line that ends the answer.
    this.child = spawn('sh', ['-c', 'exec sqlite3 "$@" 2>&1', 'sh', ...OPTIONS, ...args]);
    this.child.stdout.on('data', (chunk: Buffer) => this.take(chunk));
    this.child.stdin.on('error', (error) => this.fail(error));
    this.child.on('error', (error) => this.fail(error));
    this.child.on('close', () => this.fail(new Error('sqlite3 ended')));
    this.child.stdin.write(`${SETTINGS.join('\n')}\n.print ${END}\n`);
    this.waiting.push({ resolve: () => {}, reject: () => {} });
    this.hold();
  }

  async ask(sql: string): Promise<Record<string, string | number | null>[]> {
    const text = await new Promise<string>((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.hold();
      this.child.stdin.write(`${sql};\n.print ${END}\n`);
    });
    if (text === '') return [];
    if (!text.startsWith('[{')) throw new Error(`sqlite3: ${text.slice(0, 300).trim()}`);
    // Integers that a double would round are kept as text; within a JSON string no quote stands unescaped.
    const exact = /:-?\d{16}/.test(text) ? text.replaceAll(/("c\d+":)(-?\d{16,})(?=[,}])/g, '$1"$2"') : text;
    return JSON.parse(exact) as Record<string, string | number | null>[];
  }

  end(): void {
    this.alive = false;
    this.child.stdin.end();
  }

  private take(chunk: Buffer): void {
    this.chunks.push(chunk);
    if (chunk.at(-1) !== 10) return;
    const all = Buffer.concat(this.chunks);
    this.chunks = [];
    let from = 0;
    for (;;) {
      const end = endOf(all, from);
      if (end < 0) break;
      this.waiting.shift()?.resolve(all.toString('utf8', from, end));
      from = end + END.length + 1;
    }
    if (from < all.length) this.chunks = [all.subarray(from)];
    if (this.waiting.length === 0) this.release();
  }

  private fail(error: Error): void {
    this.alive = false;
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }

  /** While it answers it keeps the process alive; idle it does not. */
  private hold(): void {
    for (const handle of this.handles()) handle.ref?.();
  }

  private release(): void {
    for (const handle of this.handles()) handle.unref?.();
  }

  private handles(): { ref?(): void; unref?(): void }[] {
    return [this.child, this.child.stdin, this.child.stdout, this.child.stderr] as {
      ref?(): void;
      unref?(): void;
    }[];
  }
}

/** Where the line that ends an answer begins. */
function endOf(all: Buffer, from: number): number {
  const line = `${END}\n`;
  if (all.toString('utf8', from, from + line.length) === line) return from;
  const at = all.indexOf(`\n${line}`, from);
  return at < 0 ? -1 : at + 1;
}
