import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { equalRows } from '../../../../datasets/cases/canonical-rows.ts';
import type { ResultSet } from '../../../../datasets/cases/rows.ts';
import { startPostgres, type TestPostgres } from '../../../../tests/support/postgres.ts';
import type { Catalog, Plan } from '../../plan.ts';
import { analyseQuery } from '../../query.ts';
import {
  fillNames,
  makeTestSchema,
  readTestCatalog,
  type TestSchema,
} from '../../rewrites/testing/test-schema.ts';
import { sqlite } from '../sqlite.ts';

interface Module {
  build(db: object): Promise<void>;
  refresh(db: object): Promise<void>;
  run(params: (string | null)[], db: object): Promise<ResultSet>;
}

let postgres: TestPostgres;
let client: pg.Client;
let schema: TestSchema;
let catalog: Catalog;
let columnTypes: Map<string, string>;
let typeNames: Map<number, string>;
let folder: string;
let made = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ws-sqlite-'));
  postgres = await startPostgres();
  client = await connect();
  schema = makeTestSchema(20_260, 600);
  for (const sql of schema.ddl) await client.query(sql);
  await client.query(`ALTER DATABASE postgres SET search_path = ${schema.names['schema']}`);
  await client.query(`SET search_path = ${schema.names['schema']}`);
  const fact = schema.names['fact'] ?? '';
  await client.query(
    `ALTER TABLE ${fact} ADD big bigint, ADD ratio float8, ADD flag boolean, ADD key16 uuid`,
  );
  await client.query(
    fillNames(
      `UPDATE {fact} SET big = 9007199254740993 + {id}, ratio = CASE WHEN {id} % 7 > 0 THEN {id} / 7.0::float8 END,
       flag = CASE {id} % 3 WHEN 0 THEN true WHEN 1 THEN false END, key16 = md5({key})::uuid,
       {label} = CASE {id} % 50 WHEN 0 THEN '' WHEN 1 THEN E'line\\n.shell "quo''ted", \\\\ %' WHEN 2 THEN 'ÄÖ €' WHEN 3 THEN '\\N' ELSE {label} END`,
      schema.names,
    ),
  );
  catalog = await catalogOf(schema.names['schema'] ?? '');
  const columns = await client.query<string[]>({
    text: `SELECT n.nspname || '.' || c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
      JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE a.attnum > 0`,
    rowMode: 'array',
  });
  columnTypes = new Map(columns.rows.map(([name = '', type = '']) => [name, type]));
  const types = await client.query<[string, string]>({
    text: 'SELECT oid, typname FROM pg_type',
    rowMode: 'array',
  });
  typeNames = new Map(types.rows.map(([oid, name]) => [Number(oid), name]));
});

afterAll(async () => {
  await client.end();
  await postgres[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function catalogOf(name: string): Promise<Catalog> {
  const typed = await postgres.connect();
  const found = await readTestCatalog(typed, name, 1);
  await typed.end();
  return found;
}

async function connect() {
  const types = { getTypeParser: () => (text: unknown) => text };
  const made = new pg.Client({ host: postgres.host, user: 'tester', database: 'postgres', types });
  await made.connect();
  return made;
}

async function answer(sql: string, params: (string | null)[]): Promise<ResultSet> {
  const { fields, rows } = await client.query<unknown[]>({ text: sql, values: params, rowMode: 'array' });
  return {
    columns: fields.map(({ name }) => name),
    types: fields.map(({ dataTypeID }) => typeNames.get(dataTypeID) ?? ''),
    rows,
  };
}

async function offer(sql: string, params: (string | null)[] = [], bytewiseText = true) {
  await client.query(`PREPARE offered AS ${sql}`);
  const { rows } = await client.query<{ types: string }>(
    "SELECT array_to_json(parameter_types::text[]) AS types FROM pg_prepared_statements WHERE name = 'offered'",
  );
  await client.query('DEALLOCATE offered');
  const { columns, types } = await answer(sql, params);
  made += 1;
  return sqlite.plans({
    query: await analyseQuery(sql, catalog),
    catalog,
    subject: {
      caseId: 'c',
      query: `moved${made}`,
      sql,
      params: [params],
      ordered: false,
      objectiveMs: 1,
      stalenessS: 60,
      allow: ['engine'],
      layout: { queries: 'queries', migrations: 'migrations', refresh: 'refresh' },
      packages: {},
    },
    paramTypes: JSON.parse(rows[0]?.types ?? '[]'),
    columnTypes,
    result: { columns, types },
    bytewiseText,
  });
}

async function load(plan: Plan): Promise<Module> {
  const path = join(folder, `${plan.id}.ts`);
  await writeFile(path, plan.module?.source ?? '');
  return import(pathToFileURL(path).href);
}

async function expectEqual(template: string, ordered: boolean, ...paramSets: (string | null)[][]) {
  const sql = fillNames(template, schema.names);
  const offered = await offer(sql, paramSets[0]);
  if ('refused' in offered) throw new Error(`refused: ${offered.refused}\n${sql}`);
  for (const plan of offered.plans) {
    const db = { connect, storeDir: join(folder, plan.id) };
    const module = await load(plan);
    await module.build(db);
    for (const params of paramSets) {
      const actual = await module.run(params, db);
      const verdict = equalRows(await answer(sql, params), actual, { ordered });
      const spec = /"parts": \[[\s\S]*?\n {2}\]/.exec(plan.module?.source ?? '')?.[0];
      expect(verdict, `${plan.label} ${JSON.stringify(params)}\n${sql}\n${spec}`).toEqual({ equal: true });
    }
  }
}

describe('a query moved to SQLite', () => {
  it.each<[string, boolean, ...(string | null)[][]]>([
    [
      'SELECT {id}, big, ratio, flag, key16, {amount}, {ts}, {tz}, {day}, {label} FROM {fact} WHERE {key} = $1',
      false,
      ['k1'],
      ['zz'],
      [null],
      ["k'1\n.shell x"],
    ],
    [
      'SELECT * FROM (SELECT {id}, {label} FROM {fact}) x WHERE {label} = $1',
      false,
      ['ÄÖ €'],
      [''],
      ['\\N'],
      ['line\n.shell "quo\'ted", \\ %'],
    ],
    [
      'SELECT {id}, {amount} FROM {fact} WHERE {amount} >= $1 AND {amount} < $2 ORDER BY {amount} DESC, {id} LIMIT $3 OFFSET 2',
      true,
      ['3.5', '12.345', '20'],
      ['-1', '1e1', null],
      ['3', 'NaN', '5'],
    ],
    ['SELECT {nkey}, {n}, {id} FROM {fact} ORDER BY {nkey}, {n} DESC, {id} LIMIT 500', true],
    ['SELECT {nkey}, {id} FROM {fact} ORDER BY {nkey} DESC, {id} DESC', true],
    [
      'SELECT {nkey}, count(*) AS c, count({amount}), sum({amount}), avg({amount}), round(avg({amount}), 1), min({label}), max({ts}), sum({id}), avg({n}) FROM {fact} GROUP BY 1 HAVING count(*) > $1 ORDER BY c DESC, 1',
      true,
      ['2'],
      ['1000'],
    ],
    [
      'SELECT count(*), sum({amount}), avg(ratio), max({n}), bool_and(flag), count(DISTINCT {low}) FILTER (WHERE {n} > 3) FROM {fact} WHERE {n} > $1',
      false,
      ['4'],
      ['99'],
    ],
    [
      "SELECT date_trunc('month', {ts}) AS m, extract(dow FROM {ts})::int AS d, lower({label}) AS l, count(*) FROM {fact} WHERE {ts} >= $1 AND {ts} < $2 GROUP BY 1, 2, 3",
      false,
      ['2001-01-02', '2001-01-20 10:30'],
      ['2001-1-2', 'infinity'],
    ],
    [
      "SELECT date_trunc('day', {tz}) AS m, count(*) FROM {fact} WHERE {tz} > $1 GROUP BY 1 ORDER BY 1",
      true,
      ['2001-02-03 04:00+02'],
      ['2001-02-03'],
    ],
    [
      "SELECT {doc} -> 'in' ->> 'c' AS c, sum(({doc} ->> 'v')::int) FROM {fact} WHERE {doc} ->> 't' = $1 GROUP BY 1",
      false,
      ['t1'],
      ['zz'],
    ],
    [
      'SELECT f.{id}, d.{name}, d.{grp} IS NULL AS g, coalesce(f.{label}, d.{name}, $2) AS l FROM {fact} f LEFT JOIN {dim} d ON d.{id} = f.{nref} AND d.{grp} = $1',
      false,
      ['g1', 'x'],
      [null, null],
    ],
    [
      'SELECT d.{name}, count(f.{id}) FROM {dim} d LEFT JOIN {fact} f ON f.{ref} = d.{id} AND f.{day} BETWEEN $1 AND $2 GROUP BY d.{name}',
      false,
      ['2001-03-01', '2001-09-01'],
    ],
    [
      'SELECT {id}, row_number() OVER w, rank() OVER (ORDER BY {nkey}), lag({amount}) OVER w, sum({n}) OVER (PARTITION BY {key} ORDER BY {id} ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), avg({n}) OVER w FROM {fact} WINDOW w AS (PARTITION BY {key} ORDER BY {nkey} DESC, {id})',
      false,
    ],
    [
      'WITH a AS (SELECT {key} AS k, sum({amount}) AS s FROM {fact} GROUP BY {key}), b(x, y) AS (SELECT k, s FROM a WHERE s > $1) SELECT * FROM b JOIN a ON a.k = b.x ORDER BY y DESC, x',
      true,
      ['10.005'],
    ],
    [
      'SELECT {id} FROM {fact} f WHERE EXISTS (SELECT 1 FROM {dim} d WHERE d.{id} = f.{nref} AND d.{grp} IS NOT NULL) AND {nkey} NOT IN (SELECT {id} FROM {dim} WHERE {id} < 4) AND {n} > (SELECT avg({n}) FROM {fact} x WHERE x.{key} = f.{key})',
      false,
    ],
    [
      "SELECT {id} FROM {fact} WHERE {label} LIKE $1 OR {low} LIKE 'B%' OR {label} LIKE '%\\%'",
      false,
      ['Label 1%'],
      ['label 1%'],
      ['%\\_%'],
      [null],
    ],
    [
      "SELECT {id}, {n} / 3, -7 / 2 AS m, {n} % 4, {n} / 4.0, 100.0 * {n} / nullif({nkey}, 0), round({amount} * 1.15, 2), CASE WHEN {n} > 9 THEN 'big' WHEN {nkey} IS NULL THEN NULL ELSE {low} END FROM {fact}",
      false,
    ],
    [
      'SELECT DISTINCT {low}, flag FROM {fact} WHERE flag IS NOT TRUE UNION SELECT {key}, NULL::bool FROM {fact} ORDER BY 1, 2',
      true,
    ],
    [
      'SELECT {day} - 3 AS a, {day} - {ts}::date AS b, {ts}::date AS c FROM {fact} WHERE {day} = $1::date OR key16 = $2',
      false,
      ['2001-05-05', 'a6105c0a-611b-41b0-8f1d-1506693314ae'],
    ],
    ['SELECT count(*) FROM {dim}', false],
    [
      'SELECT {id} FROM {fact} WHERE big > $1 AND ratio < $2 AND flag = $3',
      false,
      ['9007199254740999', '20.5', 'true'],
      ['0', '1e3', 'f'],
    ],
  ])(
    'gives the rows of %s',
    (sql, ordered, ...paramSets) => expectEqual(sql, ordered, ...(paramSets.length > 0 ? paramSets : [[]])),
    30_000,
  );

  it.each<[string, string, ...string[]]>([
    ['SELECT DISTINCT ON ({key}) {key}, {id} FROM {fact} ORDER BY {key}, {id}', 'DISTINCT ON'],
    ['SELECT now(), count(*) FROM {fact}', 'now'],
    ['SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY {n}) FROM {fact}', 'order'],
    ["SELECT {id} FROM {fact} WHERE {label} ILIKE 'l%'", 'AEXPR_ILIKE'],
    ['SELECT greatest({nkey}, $1) FROM {fact}', 'GREATEST', '1'],
    ['SELECT {n} / {id} FROM {fact}', 'divides'],
    ['SELECT {doc} FROM {fact}', 'jsonb'],
    [
      'SELECT x.s FROM (SELECT avg({n}) + 0.5 AS s FROM {fact} GROUP BY {key}) x WHERE x.s > 3',
      'approximated',
    ],
    [
      'WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r WHERE i < 3) SELECT * FROM r',
      'recursive',
    ],
    ["SELECT string_agg({low}, ',' ORDER BY {id}) FROM {fact}", 'order'],
    ['SELECT {id} FROM {fact} FOR UPDATE', 'plain SELECT'],
  ])('refuses %s', async (template, reason, ...params) => {
    const offered = await offer(fillNames(template, schema.names), params);
    expect('refused' in offered ? offered.refused : 'accepted').toContain(reason);
  });

  it('refuses to sort text where the database sorts by a language', async () => {
    const sql = fillNames('SELECT {id} FROM {fact} ORDER BY {label}, {id}', schema.names);
    expect(await offer(sql, [], false)).toEqual({ refused: expect.stringContaining('by a language') });
  });

  it('reads an index where it has one, and not else', async () => {
    const sql = fillNames(
      'SELECT {id} FROM {fact} WHERE {doc} ->> $$t$$ = $1 ORDER BY {ts} DESC LIMIT 3',
      schema.names,
    );
    const offered = await offer(sql, ['t1']);
    const plans = 'plans' in offered ? offered.plans : [];
    expect(plans.map(({ label }) => label)).toEqual([
      'SQLite without indexes',
      'SQLite with indexes',
      'SQLite with covering indexes',
    ]);
    const seen = [];
    for (const plan of plans) {
      const storeDir = join(folder, plan.id);
      await (await load(plan)).build({ connect, storeDir });
      const { parts, name } = JSON.parse(
        /const SPEC: StoreSpec = (\{[\s\S]*?\n\});/.exec(plan.module?.source ?? '')?.[1] ?? '{}',
      );
      const statement = parts.map((part: unknown) => (typeof part === 'string' ? part : "'t1'")).join('');
      const { stdout } = await execa('sqlite3', [
        join(storeDir, `${name}.sqlite`),
        `EXPLAIN QUERY PLAN ${statement}`,
      ]);
      seen.push(
        /USING COVERING INDEX/.test(stdout) ? 'covering' : /USING INDEX/.test(stdout) ? 'index' : 'scan',
        /TEMP B-TREE/.test(stdout),
      );
    }
    expect(seen).toEqual(['scan', true, 'index', false, 'covering', false]);
  });

  it('answers from the new rows after a refresh, and while one is under way', async () => {
    const sql = fillNames('SELECT count(*) FROM {dim} WHERE {id} > $1', schema.names);
    const offered = await offer(sql, ['0']);
    const [plan] = 'plans' in offered ? offered.plans : [];
    if (plan === undefined) throw new Error('no plan');
    const module = await load(plan);
    const db = { connect, storeDir: join(folder, 'refreshed') };
    await module.build(db);
    const before = await answer(sql, ['0']);
    expect((await module.run(['0'], db)).rows).toEqual(before.rows);
    await client.query(fillNames("INSERT INTO {dim} VALUES (900, 'new', NULL)", schema.names));
    const running = module.refresh(db);
    const during = await Promise.all(Array.from({ length: 20 }, () => module.run(['0'], db)));
    expect(during.every(({ rows }) => rows.length === 1)).toBe(true);
    await running;
    const after = await answer(sql, ['0']);
    expect(after.rows).not.toEqual(before.rows);
    expect((await module.run(['0'], db)).rows).toEqual(after.rows);
    await client.query(fillNames('DELETE FROM {dim} WHERE {id} = 900', schema.names));
  });

  it('lets its process end, and passes the test that goes with it', async () => {
    const sql = fillNames('SELECT {id}, {amount} FROM {fact} WHERE {n} = $1 ORDER BY {id}', schema.names);
    const offered = await offer(sql, ['3']);
    const [, plan] = 'plans' in offered ? offered.plans : [];
    const [test] = plan?.module?.tests ?? [];
    if (plan?.module === undefined || test === undefined) throw new Error('no plan');
    const target = await mkdtemp(join(process.cwd(), 'node_modules/.sqlite-'));
    try {
      const query = /queries\/(\w+)\.ts/.exec(test.source)?.[1] ?? '';
      await execa('mkdir', [join(target, 'queries'), join(target, 'test')]);
      await writeFile(join(target, `queries/${query}.ts`), plan.module.source);
      await writeFile(join(target, test.path), test.source);
      const env = { PGHOST: postgres.host, PGUSER: 'tester', PGDATABASE: 'postgres' };
      const { stdout } = await execa('node', ['--import', 'tsx', '--test', join(target, test.path)], {
        env,
        timeout: 15_000,
      });
      expect(stdout).toContain('pass 1');
    } finally {
      await rm(target, { recursive: true });
    }
  }, 20_000);

  it('refuses rows that it would compare otherwise', async () => {
    const { names } = schema;
    await client.query(`CREATE TABLE ${names['schema']}.odd (at timestamp)`);
    await client.query(`INSERT INTO ${names['schema']}.odd VALUES ('infinity')`);
    catalog = await catalogOf(names['schema'] ?? '');
    columnTypes.set(`${names['schema']}.odd.at`, 'timestamp without time zone');
    const offered = await offer(`SELECT at FROM ${names['schema']}.odd`);
    const [plan] = 'plans' in offered ? offered.plans : [];
    if (plan === undefined) throw new Error('no plan');
    await expect((await load(plan)).build({ connect, storeDir: join(folder, 'odd') })).rejects.toThrow(
      'CHECK constraint',
    );
  });
});
