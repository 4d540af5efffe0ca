import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import pg from 'pg';
import { startLoggingPostgres } from '../patterns-postgres.ts';
import type { Draw } from './draw.ts';
import { literal } from './names.ts';
import type { DrawnQuery } from './statement.ts';

export type Params = (string | null)[];

export interface Workload {
  query: DrawnQuery;
  /** Asked while the log was recorded, each at least once. */
  logged: Params[];
  /** Of the same kind, in no log. */
  unseen: Params[];
  /** Which parameters are numbers: people type those without quotes. */
  numeric: boolean[];
  /** Median of the base's times in the recording, milliseconds. */
  medianMs: number;
}

interface Request {
  workload: Workload;
  params: Params;
}

const FORMATS = { json: 'postgresql.json', csv: 'postgresql.csv', stderr: 'postgresql.log' };

/** A query of which a run takes longer would alone use up the time that the whole test has. */
const LONGEST_MS = 1_500;

const SETTINGS = '-c max_parallel_workers_per_gather=0 -c jit=off -c timezone=UTC';
const UNLOGGED = `${SETTINGS} -c log_min_duration_statement=-1`;

/**
 * Runs the target's data script, its migrations and a workload on a PostgreSQL 15 of its own, and copies the log that
 * this server wrote to `logFile`. Queries that take too long, or ask for nothing, are left out; at most `keep` stay.
 */
export async function recordLog(
  draw: Draw,
  request: { folder: string; queries: readonly DrawnQuery[]; keep: number; logFile: string },
): Promise<Workload[]> {
  const { folder } = request;
  const format = draw.pick(['json', 'csv', 'stderr'] as const);
  const prefix = draw.pick(['%m [%p] ', '%t [%p]: user=%u,db=%d ', '%m [%p] %q%u@%d/%a ']);
  const typed = draw.pick([0, 0.3, 1]);
  await using server = await startLoggingPostgres(prefix);
  const env = { ...process.env, PGHOST: server.socketFolder, PGUSER: 'postgres', PGDATABASE: 'target' };
  const quiet = { cwd: folder, env: { ...env, PGOPTIONS: UNLOGGED } };
  await execa('createdb', ['target'], { ...quiet, env: { ...quiet.env, PGDATABASE: 'postgres' } });
  await execa('psql', ['-qX', '-v', 'ON_ERROR_STOP=1', '-f', 'data/data.sql'], quiet);
  await execa('psql', ['-qXc', 'VACUUM ANALYZE'], quiet);
  await execa('node', ['whetstone/migrate.mjs'], quiet);

  const client = new pg.Client({
    host: server.socketFolder,
    user: 'postgres',
    database: 'target',
    options: UNLOGGED,
  });
  await client.connect();
  const workloads: Workload[] = [];
  try {
    for (const query of request.queries) {
      if (workloads.length === request.keep) break;
      const sets = await drawParameters(draw, client, query);
      const logged = sets.slice(0, 20);
      if (logged.length < 12) continue;
      const times = await timeBase(client, query.sql, logged.slice(0, 3));
      if (Math.max(...times) > LONGEST_MS) continue;
      const numeric = await areNumbers(client, query);
      workloads.push({ query, logged, unseen: sets.slice(20), numeric, medianMs: median(times) });
    }
  } finally {
    await client.end();
  }

  const asked = workloads.flatMap((workload) => [
    ...workload.logged.map((params) => ({ workload, params })),
    ...Array.from({ length: 6 }, () => ({ workload, params: draw.pick(workload.logged) })),
  ]);
  for (const { query } of workloads) await writeFile(join(folder, 'queries', `${query.name}.sql`), query.sql);
  const requests = draw.shuffle(asked).map((one) => ({ ...one, typed: draw.chance(typed) }));
  const session = { cwd: folder, env: { ...env, PGOPTIONS: SETTINGS } };
  await serve(
    session,
    requests.filter((one) => !one.typed),
  );
  const statements = requests.filter((one) => one.typed).map(withLiterals);
  await execa('psql', ['-qX', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null'], {
    ...session,
    input: ["SET statement_timeout = '60s';", ...statements].join('\n'),
  });
  await copyFile(join(await server.stop(), FORMATS[format]), request.logFile);
  return workloads;
}

/** Distinct parameter sets from random rows: 20 for the log and a few that stay out of it. */
async function drawParameters(draw: Draw, client: pg.Client, query: DrawnQuery): Promise<Params[]> {
  const seed = draw.int(1, 1_000_000);
  const random = (at: number) =>
    `(hashint8extended(r.${query.from.key.name}, ${seed + at}) & 16777215) / 16777216::float8`;
  const expressions = query.params.map((value, at) => `(${value})::text AS p${at + 1}`);
  const { rows } = await client.query<Params>({
    text: `SELECT ${expressions.join(', ')} FROM (SELECT r.*, ${random(1)} AS u FROM ${query.from.name} r ORDER BY ${random(0)} LIMIT 200) r`,
    rowMode: 'array',
  });
  const distinct = new Map(
    rows.filter((row) => !row.includes(null)).map((row) => [JSON.stringify(row), row]),
  );
  return [...distinct.values()].slice(0, 26);
}

async function areNumbers(client: pg.Client, query: DrawnQuery): Promise<boolean[]> {
  const types = query.params.map((value) => `pg_typeof(${value})::text`);
  const { rows } = await client.query<string[]>({
    text: `SELECT ${types.join(', ')} FROM (SELECT r.*, 0.5 AS u FROM ${query.from.name} r LIMIT 1) r`,
    rowMode: 'array',
  });
  return (rows[0] ?? []).map((type) => ['integer', 'bigint', 'numeric'].includes(type));
}

async function timeBase(client: pg.Client, sql: string, sets: readonly Params[]): Promise<number[]> {
  const times: number[] = [];
  await client.query(`SET statement_timeout = ${LONGEST_MS * 2}`);
  for (const params of sets) {
    const started = performance.now();
    try {
      await client.query({ text: sql, values: params, rowMode: 'array' });
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code !== '57014') throw error;
      return [LONGEST_MS * 2];
    }
    times.push(performance.now() - started);
  }
  return times;
}

/** The target's own serve process answers them, one after the other. */
async function serve(
  options: { cwd: string; env: NodeJS.ProcessEnv },
  requests: readonly Request[],
): Promise<void> {
  const child = spawn('node', ['whetstone/serve.mjs'], {
    ...options,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  for (const [id, { workload, params }] of requests.entries()) {
    const { query } = workload;
    child.stdin.write(`${JSON.stringify({ id, query: query.name, params })}\n`);
    const line = await answers.next();
    const answer = JSON.parse(line.done ? '{"error":"serve ended"}' : line.value) as { error?: string };
    if (answer.error !== undefined) throw new Error(`${query.name}: ${answer.error}`);
  }
  child.stdin.end();
  await exit;
}

/** The statement as somebody types it. */
function withLiterals({ workload: { query, numeric }, params }: Request): string {
  const text = query.sql.trim().replace(/;$/, '');
  return `${text.replace(/\$(\d+)/g, (_, number) => {
    const at = Number(number) - 1;
    return numeric[at] ? String(params[at]) : literal(params[at] ?? '');
  })};`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
