import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type TestPostgres } from '../../tests/support/postgres.ts';
import type { Exploration, ExplorationEvent } from './exploration.ts';
import { exploreCase } from './explore-case.ts';
import { randomStream } from './rewrites/testing/test-schema.ts';
import { type GeneratedTarget, generateTarget } from './testing/generated-target.ts';
import { type LocalTools, localTools } from './testing/local-tools.ts';
import type { CaseBrief } from './tool-calls.ts';

/** The objective is this share of what the base takes here, whatever the machine. */
const OBJECTIVE_SHARE = 1 / 3;
const ROWS = 80_000;
const limits = { wallMs: 5_000, baseMs: 20_000, buildMs: 10_000, candidates: 2 };
const layout = { queries: 'queries', migrations: 'migrations', refresh: 'refresh' };

let postgres: TestPostgres;
let client: pg.Client;
let target: GeneratedTarget;
let local: LocalTools;
const before = new Map<string, Awaited<ReturnType<typeof answers>>>();

beforeAll(async () => {
  const random = randomStream(Date.now());
  postgres = await startPostgres();
  client = await postgres.connect();
  target = generateTarget(random, ROWS);
  await target.create(client);
  for (const { name, sql, params, ordered } of target.queries)
    before.set(name, await answers(sql, params, ordered));
  const cases = target.queries.map(({ name, sql, params, ordered }): [string, CaseBrief] => [
    name,
    {
      case: name,
      query: name,
      sql,
      visible: params,
      ordered,
      objectiveMs: slowest(before.get(name)) * OBJECTIVE_SHARE,
      stalenessS: 0,
      allow: ['index', 'rewrite'],
      layout,
      packages: {},
      instruction: '',
    },
  ]);
  const files = Object.fromEntries(
    target.queries.map(({ name, sql }) => [`queries/${name}.sql`, `-- What ${name} is for.\n${sql};\n`]),
  );
  local = await localTools(postgres.host, new Map(cases), {
    ...files,
    'migrations/0001_base.sql': 'select 1;\n',
  });
});

afterAll(async () => {
  await client.end();
  await local[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
});

async function explore(caseId: string, known: Exploration['cells'] = []) {
  const events: ExplorationEvent[] = [];
  const exploration = await exploreCase({
    tools: local.tools,
    caseId,
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
    random: randomStream(7),
    limits,
    known,
  });
  return { events, exploration };
}

/** Rows and milliseconds (median of 3) of each parameter set. */
async function answers(sql: string, paramSets: (string | null)[][], ordered: boolean) {
  const all = [];
  for (const params of paramSets) {
    const times: number[] = [];
    let rows: unknown[] = [];
    for (let run = 0; run < 4; run += 1) {
      const from = performance.now();
      rows = (await client.query({ text: sql, values: params, rowMode: 'array' })).rows;
      times.push(performance.now() - from);
    }
    const lines = rows.map((row) => JSON.stringify(row));
    all.push({ rows: ordered ? lines : lines.sort(), ms: times.slice(1).sort((a, b) => a - b)[1] ?? 0 });
  }
  return all;
}

function slowest(all: { ms: number }[] = []): number {
  return Math.max(...all.map(({ ms }) => ms));
}

describe('exploreCase', () => {
  it.each(['point', 'top', 'grouped', 'latest', 'joined', 'document', 'either'])(
    'brings %s under the objective with a patch that gives the same rows',
    async (name) => {
      const query = target.queries.find((one) => one.name === name);
      if (query === undefined) throw new Error(name);
      const { exploration, events } = await explore(name);

      expect(exploration.submitted.length).toBeGreaterThan(0);
      expect(events.filter(({ type }) => type === 'cell').length).toBeGreaterThanOrEqual(
        exploration.cells.length,
      );
      const patch = local.submitted.find((one) => one.case === name);
      expect(patch?.planId).toBe(exploration.submitted[0]?.planId);

      await client.query('begin');
      for (const [path, content] of patch?.files ?? [])
        if (path.startsWith('migrations/')) await client.query(content);
      const sql = patch?.files.get(`queries/${name}.sql`) ?? query.sql;
      const after = await answers(sql, query.params, query.ordered);
      await client.query('rollback');
      expect(after.map(({ rows }) => rows)).toEqual(before.get(name)?.map(({ rows }) => rows));
      expect(slowest(after)).toBeLessThan(slowest(before.get(name)) / 2);
    },
  );

  it('tries no plan twice when it continues, and leaves nothing behind', async () => {
    const first = await explore('point');
    const again = await explore('point', first.exploration.cells);
    expect(again.events.filter(({ type }) => type === 'cell')).toEqual([]);
    // Finalists are timed afresh, so their order may differ; each was measured before it was handed in again.
    const measured = first.exploration.cells.filter(({ state }) => state === 'ok').map(({ plan }) => plan);
    expect(again.exploration.submitted).not.toEqual([]);
    for (const { planId } of again.exploration.submitted) expect(measured).toContain(planId);
    const { rows } = await client.query(
      `select indexname from pg_indexes where schemaname = 'public' and indexname not like '%pkey'`,
    );
    expect(rows).toEqual([]);
    expect(local.open.size).toBe(0);
  });
});
