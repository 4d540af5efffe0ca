import { execFile, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

const here = dirname(fileURLToPath(import.meta.url));
const bin = '/usr/lib/postgresql/15/bin';
const execute = promisify(execFile);
const scratch = mkdtempSync(join(tmpdir(), 'whetstone-template-'));
const socket = join(scratch, 'server');
const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres']));
/** The server refuses to run as root. */
const unprivileged: SpawnOptions = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};

async function pgProgram(name: string, ...args: string[]): Promise<void> {
  const child = spawn(join(bin, name), args, { stdio: 'ignore', cwd: socket, ...unprivileged });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
}

const cluster = join(socket, 'data');
beforeAll(async () => {
  mkdirSync(socket);
  execFileSync('chmod', ['755', scratch]);
  if (unprivileged.uid !== undefined && unprivileged.gid !== undefined)
    chownSync(socket, unprivileged.uid, unprivileged.gid);
  await pgProgram(
    'initdb',
    '-D',
    cluster,
    '-U',
    'sandbox',
    '--auth=trust',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  );
  await pgProgram(
    'pg_ctl',
    '-D',
    cluster,
    '-w',
    '-l',
    join(socket, 'log'),
    '-o',
    `-k ${socket} -h '' -F`,
    'start',
  );
});
afterAll(async () => {
  await pgProgram('pg_ctl', '-D', cluster, '-w', '-m', 'immediate', 'stop');
  rmSync(scratch, { recursive: true });
});

let target: string;
let env: NodeJS.ProcessEnv;
let targets = 0;

/** A target that is three folders of SQL and nothing else: no package.json, and packages that lie further up. */
beforeEach(async () => {
  targets += 1;
  target = join(scratch, `target${targets}`);
  env = {
    ...process.env,
    PGHOST: socket,
    PGUSER: 'sandbox',
    PGDATABASE: `t${targets}`,
    STORE_DIR: join(target, 'store'),
  };
  for (const folder of ['queries', 'migrations', 'refresh', 'store'])
    mkdirSync(join(target, folder), { recursive: true });
  cpSync(join(here, 'whetstone'), join(target, 'whetstone'), { recursive: true });
  if (targets === 1) symlinkSync(join(here, '../../../node_modules'), join(scratch, 'node_modules'));
  await execute(join(bin, 'createdb'), [`t${targets}`], { env });

  write(
    'migrations/0001_items.sql',
    'CREATE TABLE items (id int PRIMARY KEY, tags text[], price numeric(8, 2), at timestamptz);',
  );
  write(
    'migrations/0002_rows.sql',
    `CREATE TYPE mood AS ENUM ('glad', 'sad');
     INSERT INTO items SELECT n, ARRAY['t' || n, 'a"b'], n * 1.5, '2001-02-03 04:05:06+00' FROM generate_series(1, 3) n;`,
  );
  write('queries/item.sql', '-- One item.\nSELECT id, tags, price, at FROM items WHERE id = $1;');
});

function write(path: string, content: string): void {
  writeFileSync(join(target, path), content);
}

async function runProgram(name: string): Promise<string> {
  const { stdout } = await execute(process.execPath, [`whetstone/${name}.mjs`], {
    cwd: target,
    env,
  });
  return stdout;
}

/** The lines that serve prints for these, and that it ends by itself when they do. */
async function serve(...lines: (string | object)[]): Promise<unknown[]> {
  const child = spawn(process.execPath, ['whetstone/serve.mjs'], {
    cwd: target,
    env,
    stdio: 'pipe',
  });
  const [output, [code]] = await Promise.all([
    text(child.stdout),
    once(child, 'exit'),
    text(child.stderr),
    child.stdin.end(
      lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
    ),
  ]);
  expect(code).toBe(0);
  return output
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

async function sql(statement: string): Promise<unknown[][]> {
  const client = new pg.Client({ host: socket, user: 'sandbox', database: env['PGDATABASE'] ?? '' });
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: statement, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

test('serve answers line by line in PostgreSQL text, with the names of its types', async () => {
  await runProgram('migrate');
  write(
    'queries/moods.sql',
    "SELECT 'sad'::mood AS mood, ARRAY[1, NULL] AS numbers, NULL::jsonb AS nothing, 1e20::float8 AS big, true AS yes",
  );
  expect(
    await serve(
      { id: 7, query: 'item', params: ['2'] },
      { id: 'x', query: 'moods' },
      { id: 8, query: 'item', params: [null] },
    ),
  ).toEqual([
    {
      id: 7,
      columns: ['id', 'tags', 'price', 'at'],
      types: ['int4', '_text', 'numeric', 'timestamptz'],
      rows: [['2', '{t2,"a\\"b"}', '3.00', expect.stringMatching(/^2001-02-0\d \d\d:\d\d:06/)]],
    },
    {
      id: 'x',
      columns: ['mood', 'numbers', 'nothing', 'big', 'yes'],
      types: ['mood', '_int4', 'jsonb', 'float8', 'bool'],
      rows: [['sad', '{1,NULL}', null, '1e+20', 't']],
    },
    {
      id: 8,
      columns: ['id', 'tags', 'price', 'at'],
      types: ['int4', '_text', 'numeric', 'timestamptz'],
      rows: [],
    },
  ]);
});

test('serve answers mistakes as errors and goes on, each request on a connection of its own', async () => {
  await runProgram('migrate');
  write('queries/backend.sql', 'SELECT pg_backend_pid() AS pid');
  write('queries/suicide.sql', 'SELECT pg_terminate_backend(pg_backend_pid())');
  const replies = await serve(
    'no json',
    { id: 1, query: 'absent', params: [] },
    { id: 2, query: '../migrations/0001_items', params: [] },
    { id: 3, query: 'item', params: ['two'] },
    { id: 4, query: 'suicide' },
    { id: 5, query: 'backend' },
    { id: 6, query: 'backend' },
  );
  expect(replies).toMatchObject([
    { id: null, error: expect.stringContaining('JSON') },
    { id: 1, error: 'no query is named "absent"' },
    { id: 2, error: expect.stringContaining("not a query's name") },
    { id: 3, error: 'invalid input syntax for type integer: "two"' },
    { id: 4, error: expect.stringContaining('terminat') },
    { id: 5, types: ['int4'] },
    { id: 6, types: ['int4'] },
  ]);
  const pids = replies.slice(5).map((reply) => (reply as { rows: unknown[][] }).rows[0]?.[0]);
  expect(new Set(pids).size).toBe(2);
});

test('migrate applies what is new, in order, once', async () => {
  expect(await runProgram('migrate')).toBe('applied 0001_items.sql\napplied 0002_rows.sql\n');
  write(
    'migrations/0003_index.sql',
    '-- no-transaction\nCREATE INDEX CONCURRENTLY items_price ON items (price);',
  );
  expect(await runProgram('migrate')).toBe('applied 0003_index.sql\n');
  expect(await runProgram('migrate')).toBe('');
  expect(await sql('SELECT name FROM schema_migrations ORDER BY name')).toEqual([
    ['0001_items.sql'],
    ['0002_rows.sql'],
    ['0003_index.sql'],
  ]);
  expect(await sql("SELECT indisvalid FROM pg_index WHERE indexrelid = 'items_price'::regclass")).toEqual([
    [true],
  ]);
});

test('a migration that fails leaves nothing behind and names itself', async () => {
  await runProgram('migrate');
  write('migrations/0003_half.sql', 'CREATE TABLE half (id int); SELECT 1 / 0;');
  await expect(runProgram('migrate')).rejects.toThrow(/0003_half\.sql: division by zero/);
  expect(await sql("SELECT to_regclass('half'), count(*)::int FROM schema_migrations")).toEqual([[null, 2]]);
});

test('refresh runs its files in order, a file at a time wholly or not at all', async () => {
  await runProgram('migrate');
  write('migrations/0003_totals.sql', 'CREATE TABLE totals (step text, total numeric);');
  await runProgram('migrate');
  write('refresh/02_second.sql', "INSERT INTO totals SELECT 'second', max(total) + 1 FROM totals;");
  write(
    'refresh/01_first.sql',
    "DELETE FROM totals; INSERT INTO totals SELECT 'first', sum(price) FROM items;",
  );
  write('refresh/README.md', 'not SQL');
  await runProgram('refresh');
  await runProgram('refresh');
  expect(await sql('SELECT step, total FROM totals ORDER BY total')).toEqual([
    ['first', '9.00'],
    ['second', '10.00'],
  ]);
  write('refresh/03_third.sql', 'DELETE FROM totals; SELECT 1 / 0;');
  await expect(runProgram('refresh')).rejects.toThrow(/division by zero/);
  expect(await sql('SELECT count(*)::int FROM totals')).toEqual([[2]]);
});

test('a query that is a module is built once, refreshed and served from its copy', async () => {
  write(
    'queries/total.ts',
    `import { readFileSync, writeFileSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Db, ResultSet } from '../whetstone/db.mjs';

async function copy(db: Db): Promise<void> {
  const client = await db.connect();
  try {
    const { rows } = await client.query('SELECT sum(price) AS total FROM items');
    writeFileSync(join(db.storeDir, 'total'), rows[0].total);
  } finally {
    await client.end();
  }
}
export async function build(db: Db): Promise<void> {
  appendFileSync(join(db.storeDir, 'built'), 'once ');
  await copy(db);
}
export async function refresh(db: Db): Promise<void> {
  await copy(db);
}
export async function run(params: (string | null)[], db: Db): Promise<ResultSet> {
  console.log('a module may log');
  return { columns: ['total'], types: ['numeric'], rows: [[readFileSync(join(db.storeDir, 'total'), 'utf8')], params] };
}
`,
  );
  write('queries/total.test.ts', "throw new Error('a test is no query');");
  expect(await runProgram('migrate')).toContain('built queries/total.ts');
  await runProgram('migrate');
  expect(readFileSync(join(target, 'store/built'), 'utf8')).toBe('once ');

  const request = { id: 1, query: 'total', params: ['p'] };
  expect(await serve(request)).toMatchObject([{ id: 1, types: ['numeric'], rows: [['9.00'], ['p']] }]);
  await sql('INSERT INTO items VALUES (4, NULL, 100, NULL)');
  expect(await serve(request)).toMatchObject([{ rows: [['9.00'], ['p']] }]);
  await runProgram('refresh');
  expect(await serve(request)).toMatchObject([{ rows: [['109.00'], ['p']] }]);
});
