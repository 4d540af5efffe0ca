// Records the slow log anew: node --import tsx examples/flights-log/record.ts
// Needs PostgreSQL 15's server binaries (PG_BIN, by default Debian's), npm's registry for the target's packages, and
// about five minutes. As root the server runs as the user postgres.
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, chownSync, copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Facts, type Params, questions, type Random, seeded } from './workload.ts';

const here = dirname(fileURLToPath(import.meta.url));
const bin = process.env['PG_BIN'] ?? '/usr/lib/postgresql/15/bin';
const base = mkdtempSync(join(tmpdir(), 'flights-log-'));
const target = join(base, 'target');
const cluster = join(base, 'cluster');
const owner: SpawnOptions =
  process.getuid?.() === 0
    ? { uid: Number(execFileSync('id', ['-u', 'postgres'])), gid: Number(execFileSync('id', ['-g', 'postgres'])) }
    : {};
const environment = { ...process.env, PGHOST: base, PGDATABASE: 'flights', PGTZ: 'UTC', LC_ALL: 'C.UTF-8' };

async function finish(child: ChildProcess, what: string): Promise<void> {
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${what} ended with ${code}`);
}

async function run(command: string, args: string[], options: SpawnOptions = {}): Promise<void> {
  const stdio: SpawnOptions['stdio'] = ['ignore', 'ignore', 'inherit'];
  await finish(spawn(command, args, { stdio, env: environment, cwd: base, ...options }), command);
}

function asUser(user: string, applicationName: string): NodeJS.ProcessEnv {
  return { ...environment, PGUSER: user, PGAPPNAME: applicationName };
}

function ask(sql: string): string[][] {
  const out = execFileSync('psql', ['-XqAt', '-F', '\t', '-c', sql], { env: asUser('postgres', 'setup'), encoding: 'utf8' });
  return out.split('\n').filter(Boolean).map((line) => line.split('\t'));
}

function column(sql: string): string[] {
  return ask(sql).map(([value]) => value ?? '');
}

const serverSettings = `
listen_addresses = ''
unix_socket_directories = '${base}'
timezone = 'UTC'
log_timezone = 'UTC'
shared_buffers = 256MB
work_mem = 4MB
max_parallel_workers_per_gather = 0
jit = off
`;

// The collector starts in a file of its own, which gets the lines that name folders of this machine.
const logSettings = `
logging_collector = on
log_destination = 'stderr,csvlog,jsonlog'
log_directory = 'log'
log_filename = 'startup.log'
log_line_prefix = '%m [%p] %q%u@%d '
log_min_duration_statement = 0
compute_query_id = on
`;

async function start(): Promise<void> {
  await run(join(bin, 'pg_ctl'), ['-D', cluster, '-w', '-s', '-l', join(base, 'server.log'), 'start'], owner);
}

async function stop(): Promise<void> {
  await run(join(bin, 'pg_ctl'), ['-D', cluster, '-w', '-s', '-m', 'fast', 'stop'], owner);
}

async function prepare(): Promise<void> {
  chmodSync(base, 0o755);
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(base, owner.uid, owner.gid);
  cpSync(join(here, '..', 'flights'), target, { recursive: true });
  await run('npm', ['ci', '--no-audit', '--no-fund', '--silent'], { cwd: target });
  await run('node', ['build.mjs'], { cwd: target });
  await run(join(bin, 'initdb'), ['-D', cluster, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8', '--lc-collate=C'], owner);
  appendFileSync(join(cluster, 'postgresql.conf'), serverSettings);
  await start();
  await run('createdb', ['flights'], { env: { ...asUser('postgres', 'setup'), PGDATABASE: 'postgres' } });
  await run('node', ['--import', 'tsx', 'data/load.ts'], { cwd: target, env: asUser('postgres', 'load') });
  for (const role of ['dashboard', 'feed', 'analyst']) ask(`CREATE ROLE ${role} LOGIN`);
  ask('GRANT SELECT ON ALL TABLES IN SCHEMA public TO dashboard, analyst');
  ask('GRANT SELECT, INSERT, UPDATE ON flights, flight_events TO feed');
}

function readFacts(): Facts {
  return {
    airports: column('SELECT origin FROM flights GROUP BY 1 ORDER BY count(*) DESC, 1'),
    carriers: column('SELECT carrier FROM flights GROUP BY 1 ORDER BY count(*) DESC, 1'),
    states: column('SELECT state FROM flights JOIN airports ON iata = origin GROUP BY 1 ORDER BY count(*) DESC, 1'),
    flights: ask('SELECT id, flight_ref FROM flights WHERE id % 997 = 0 ORDER BY id').map(([id = '', ref = '']) => ({ id, ref })),
    tracked: column('SELECT flight_id FROM flight_events WHERE id % 797 = 0 ORDER BY id'),
    cities: column('SELECT name FROM cities WHERE id % 499 = 0 ORDER BY id'),
  };
}

function shuffled<T>(items: T[], random: Random): T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

interface Request {
  query: string;
  params: Params;
}

/** One worker of the dashboard: the target's own serve, a request after the other. */
async function dashboard(requests: Request[]): Promise<void> {
  const child = spawn('node', ['dist/src/serve.js'], {
    cwd: target,
    env: asUser('dashboard', 'dashboard'),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exit = finish(child, 'serve');
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  for (const [id, request] of requests.entries()) {
    child.stdin.write(`${JSON.stringify({ id, ...request })}\n`);
    const answer = JSON.parse((await answers.next()).value) as { error?: string };
    if (answer.error !== undefined) throw new Error(`${request.query}: ${answer.error}`);
  }
  child.stdin.end();
  await exit;
}

/** The query as somebody types it into psql: without its comments, with literals, often on one line. */
function withLiterals({ query, params }: Request, random: Random): string {
  const text = readFileSync(join(target, 'queries', `${query}.sql`), 'utf8').replace(/^--.*\n/gm, '').trim();
  const literal = text.replace(/\$(\d)/g, (_, number) => {
    const value = params[Number(number) - 1] ?? '';
    return /^\d+$/.test(value) ? value : `'${value.replaceAll("'", "''")}'`;
  });
  return `${random() < 0.5 ? literal.replace(/\s+/g, ' ') : literal};\n`;
}

const aside = [
  "SELECT count(*) FROM flights WHERE status = 'diverted';\n",
  'SELECT min(departed_at), max(departed_at) FROM flights;\n',
  "SET statement_timeout = '30s';\n",
  'SELECT carrier, sum(revenue) FROM flights GROUP BY carrier ORDER BY 2 DESC;\n',
  'SELECT count(*) FROM fligths;\n',
  "SELECT state, count(*) FROM airports WHERE country = 'USA' GROUP BY state HAVING count(*) > 40 ORDER BY 2 DESC;\n",
  "EXPLAIN SELECT * FROM flights WHERE tail_number = 'N226AA';\n",
  'SELECT 1 / 0;\n',
  "BEGIN; CREATE TEMP TABLE mine AS SELECT * FROM flights WHERE origin IN ('JFK', 'LGA', 'EWR') AND delay_minutes > 240; SELECT count(*) FROM mine; COMMIT;\n",
  "SELECT payload ->> 'note' FROM flight_events WHERE payload @> '{\"type\": \"diverted\"}' ORDER BY id DESC LIMIT 5;\n",
  'SELECT pg_size_pretty(pg_total_relation_size($$flights$$));\n',
  "SELECT *\nFROM airports\nWHERE name ILIKE '%international%' AND state IN ('CA', 'NV', 'AZ') -- the west\nORDER BY iata;\n",
];

async function analyst(statements: string[]): Promise<void> {
  const child = spawn('psql', ['-X', '-o', '/dev/null'], {
    env: asUser('analyst', 'psql'),
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const exit = finish(child, 'psql');
  child.stdin.end(statements.join(''));
  await exit;
}

try {
  await prepare();
  const facts = readFacts();
  await stop();
  appendFileSync(join(cluster, 'postgresql.conf'), logSettings);
  await start();
  ask("ALTER SYSTEM SET log_filename = 'postgresql.log'");
  ask('SELECT pg_reload_conf()');

  const random = seeded(2001);
  const asked = questions.flatMap(({ query, times, draw }) =>
    Array.from({ length: times }, () => ({ query, params: draw(facts, random) })),
  );
  const typed = questions.flatMap(({ query, draw }) =>
    Array.from({ length: 6 }, () => withLiterals({ query, params: draw(facts, random) }, random)),
  );
  const requests = shuffled(asked, random);
  const half = Math.ceil(requests.length / 2);
  await Promise.all([
    dashboard(requests.slice(0, half)),
    dashboard(requests.slice(half)),
    analyst(shuffled([...typed, ...aside], random)),
    run('node', ['dist/src/ingest.js', '15', '5000'], { cwd: target, env: asUser('feed', 'ingest') }),
  ]);

  for (const format of ['log', 'csv', 'json']) {
    const recorded = join(here, `postgresql.${format}`);
    copyFileSync(join(cluster, 'log', `postgresql.${format}`), recorded);
    chmodSync(recorded, 0o644);
  }
} finally {
  await stop().catch((error: unknown) => console.error(error));
  rmSync(base, { recursive: true, force: true });
}
