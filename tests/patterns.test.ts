import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collectPatterns } from '../datasets/patterns/collect-patterns.ts';
import { createFingerprinter } from '../datasets/patterns/fingerprint.ts';
import { searchPathFollower } from '../datasets/patterns/search-path.ts';
import { readLog } from '../datasets/sources/read-log.ts';
import type { Signal } from '../datasets/sources/signal.ts';
import { type LoggingPostgres, startLoggingPostgres } from './patterns-postgres.ts';

const FORMATS = { log: 'postgres-stderr', csv: 'postgres-csv', json: 'postgres-json' } as const;
const RECORDED = fileURLToPath(new URL('../examples/flights-log/', import.meta.url));

interface RecordedCall extends Signal {
  fingerprint: string;
}

async function readCalls(path: string): Promise<RecordedCall[]> {
  const { signals } = await readLog(path);
  const fingerprint = await createFingerprinter();
  const schemaOf = searchPathFollower();
  const calls: RecordedCall[] = [];
  for await (const signal of signals) {
    const blanked = { ...signal, queryId: undefined };
    calls.push({ ...signal, fingerprint: fingerprint(blanked.sql, schemaOf(blanked)).text });
  }
  return calls;
}

/** `id → calls, total time` of each pattern, and what the reader counted. */
async function rank(path: string) {
  const { signals, counts, format } = await readLog(path);
  const patterns = await collectPatterns(signals);
  return { format, counts, patterns: patterns.map(({ id, count, totalMs }) => ({ id, count, totalMs })) };
}

/** One text has several statements: PostgreSQL logs the last one's query id for all of it. */
function isSingle({ sql }: Signal): boolean {
  return !/;\s*\S/.test(sql.replace(/'(?:[^']|'')*'|--[^\n]*/g, ''));
}

/** A statement without layout, literals and list lengths, by other means than the product's. */
function crudeForm(sql: string): string {
  return (
    sql
      .replace(/--[^\n]*|\/\*.*?\*\//gs, ' ')
      .replace(/'(?:[^']|'')*'|\$\d+|(?<![\w.])-?\d+(?:\.\d+)?/g, '?')
      // A constant with its cast is one constant.
      .replace(/\bdate \?|\?::\w+/g, '?')
      .replace(/[\s;]+/g, ' ')
      .replace(/\(\s*\?(?:\s*,\s*\?)*\s*\)(?:\s*,\s*\(\s*\?(?:\s*,\s*\?)*\s*\))*/g, '(?)')
      .trim()
      .toLowerCase()
  );
}

/** Query ids by fingerprint and the reverse; utility statements have the hash of their text for an id, so they are left out. */
function grouping(calls: readonly RecordedCall[]) {
  const fingerprints = new Map<string, Set<string>>();
  const ids = new Map<string, Map<string, string[]>>();
  for (const call of calls) {
    if (
      call.queryId === undefined ||
      !isSingle(call) ||
      !/^\s*(?:--[^\n]*\n|\s)*(?:select|insert|update|delete|with|values)\b/i.test(call.sql)
    )
      continue;
    fingerprints.set(call.queryId, (fingerprints.get(call.queryId) ?? new Set()).add(call.fingerprint));
    const shared = ids.get(call.fingerprint) ?? new Map<string, string[]>();
    shared.set(call.queryId, [...(shared.get(call.queryId) ?? []), call.sql]);
    ids.set(call.fingerprint, shared);
  }
  return { fingerprints, ids };
}

function expectPostgresGrouping(calls: readonly RecordedCall[]): void {
  const { fingerprints, ids } = grouping(calls);
  expect(fingerprints.size).toBeGreaterThan(10);
  expect([...fingerprints].filter(([, texts]) => texts.size > 1).map(([, texts]) => [...texts])).toEqual([]);
  for (const shared of ids.values()) {
    const forms = [...shared.values()].map((statements) => new Set(statements.map(crudeForm)));
    const [first = new Set<string>()] = forms;
    for (const other of forms.slice(1))
      expect(
        [...other].some((form) => first.has(form)),
        `${[...first][0]}\n${[...other][0]}`,
      ).toBe(true);
  }
}

describe('a log that PostgreSQL 15 writes', () => {
  let server: LoggingPostgres;
  let folder: string;

  beforeAll(async () => {
    server = await startLoggingPostgres('%t:%r:%u@%d app=%a:[%p]:%l q=%Q ');
    await work(server.socketFolder);
    folder = await server.stop();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  test('gives the same patterns, calls and times from all three formats', async () => {
    const [fromStderr, fromCsv, fromJson] = await Promise.all(
      Object.keys(FORMATS).map((extension) => rank(join(folder, `postgresql.${extension}`))),
    );
    expect([fromStderr?.format, fromCsv?.format, fromJson?.format]).toEqual(Object.values(FORMATS));
    expect(fromCsv?.patterns).toEqual(fromStderr?.patterns);
    expect(fromJson?.patterns).toEqual(fromStderr?.patterns);
    expect(fromCsv?.counts.unparsed).toBe(0);
    expect(fromJson?.counts.unparsed).toBe(0);
    expect(fromStderr?.counts.unparsed).toBe(0);
  });

  test.each(Object.keys(FORMATS))('groups as query_id does, without seeing it: %s', async (extension) => {
    const calls = await readCalls(join(folder, `postgresql.${extension}`));
    expectPostgresGrouping(calls);
    const count = (text: string) => calls.filter(({ fingerprint }) => fingerprint === text).length;
    expect(count('SELECT * FROM tenant_a.orders WHERE id = $1')).toBe(4);
    expect(count('SELECT * FROM tenant_b.orders WHERE id = $1')).toBe(1);
    expect(count('SELECT id FROM items WHERE id IN ($1)')).toBe(3);
    expect(count('SAVEPOINT name')).toBe(2);
  });

  test.each(Object.keys(FORMATS))('reads parameters and texts as they were sent: %s', async (extension) => {
    const calls = await readCalls(join(folder, `postgresql.${extension}`));
    const [call] = calls.filter(({ sql }) => sql.includes('note = $1'));
    expect(call?.params).toEqual(["it's\n\t two, $2 = 'lines'", null]);
    expect(calls.some(({ sql }) => sql === MULTI_LINE)).toBe(true);
    expect(call?.user).toBe('postgres');
    expect(call?.database).toBe('postgres');
    expect(Math.abs((call?.at ?? 0) - Date.now())).toBeLessThan(120_000);
  });
});

describe('the recorded log of flights', () => {
  test('gives the same patterns from all three formats, and every line parses', async () => {
    const [fromStderr, fromCsv, fromJson] = await Promise.all(
      Object.keys(FORMATS).map((extension) => rank(join(RECORDED, `postgresql.${extension}`))),
    );
    expect(fromStderr?.patterns.length).toBeGreaterThanOrEqual(12);
    expect(fromCsv?.patterns).toEqual(fromStderr?.patterns);
    expect(fromJson?.patterns).toEqual(fromStderr?.patterns);
    expect([fromStderr, fromCsv, fromJson].map((ranked) => ranked?.counts.unparsed)).toEqual([0, 0, 0]);
  });

  test.each(['csv', 'json'])('groups as query_id does, without seeing it: %s', async (extension) => {
    expectPostgresGrouping(await readCalls(join(RECORDED, `postgresql.${extension}`)));
  });
});

const MULTI_LINE = "SELECT id,\n       'a\n\tb' AS text\n  FROM items\n WHERE id = 7 -- seven\n";

/** Both protocols, literals, lists of several lengths, schemas, utility statements, several lines and errors. */
async function work(host: string): Promise<void> {
  const connect = async (applicationName: string) => {
    const client = new pg.Client({
      host,
      user: 'postgres',
      database: 'postgres',
      application_name: applicationName,
    });
    await client.connect();
    return client;
  };
  const [one, two] = await Promise.all([connect('nightly job - 1'), connect('[unknown]')]);
  try {
    for (const sql of SET_UP) await one.query(sql);
    for (const sql of SIMPLE)
      await one
        .query(sql)
        .catch((error: Error) => expect(error.message).toMatch(/does not exist|syntax error/));
    for (const [sql, ...values] of EXTENDED) await two.query(sql, values);
    await two.query({ name: 'by id', text: 'SELECT * FROM items WHERE id = $1', values: [3] });
    await two.query({ name: 'by id', text: 'SELECT * FROM items WHERE id = $1', values: [4] });
  } finally {
    await Promise.all([one.end(), two.end()]);
  }
}

const SET_UP = [
  'CREATE SCHEMA tenant_a',
  'CREATE SCHEMA tenant_b',
  'CREATE TABLE tenant_a.orders (id int, total numeric)',
  'CREATE TABLE tenant_b.orders (id int, total numeric)',
  'CREATE TABLE items (id int, name text, note text, day date, price numeric, made timestamptz, data jsonb)',
  "INSERT INTO items SELECT i, 'item ' || i, NULL, '2001-01-01', i, now(), '{}' FROM generate_series(1, 100) AS i",
];

const SIMPLE = [
  'SELECT * FROM items WHERE id = 1',
  'select  *\nfrom public.items\nwhere "id" = -22 ;',
  'SELECT i.* FROM items AS i WHERE i.id = 3',
  "SELECT * FROM items WHERE day = '2001-01-01'",
  "SELECT * FROM items WHERE day = date '2001-01-02'",
  "SELECT * FROM items WHERE day BETWEEN '2001-01-01' AND '2001-01-02'",
  "SELECT * FROM items WHERE day >= '2001-01-03' AND day <= '2001-01-04'",
  'SELECT id FROM items WHERE id IN (1, 2)',
  'SELECT id FROM items WHERE id IN (1, 2, 3)',
  'SELECT id FROM items WHERE id IN (4, 5, 6, 7, 8)',
  'SELECT name, count(*) AS n FROM items GROUP BY name ORDER BY n DESC LIMIT 3',
  'SELECT i.name, count(*) FROM items i GROUP BY 1 ORDER BY 2 DESC FETCH FIRST 5 ROWS ONLY',
  'SELECT name, id FROM items ORDER BY 1',
  'SELECT name, id FROM items ORDER BY 2',
  'SELECT extract(year FROM day) FROM items',
  'SELECT extract(month FROM day) FROM items',
  "SELECT date_trunc('month', day), max(price) FROM items GROUP BY date_trunc('month', day)",
  "SELECT date_trunc('year', day) AS y, max(price) FROM items GROUP BY y",
  'SELECT max(price) FROM items',
  'SELECT min(price) FROM items',
  'SELECT a.id, b.name FROM items a JOIN items b ON b.id = a.id WHERE a.price > 5',
  'SELECT x.id, y.name FROM items x JOIN items y ON y.id = x.id WHERE x.price > 6',
  'SELECT b.id, b.name FROM items a JOIN items b ON b.id = a.id WHERE a.price > 5',
  'SELECT s.n FROM (SELECT count(*) AS n FROM items) s',
  'SELECT t.m FROM (SELECT count(*) AS m FROM items) t',
  'WITH q AS (SELECT id, price FROM items WHERE price < 5) SELECT q.id FROM q ORDER BY q.price DESC',
  "SELECT id FROM items i WHERE NOT EXISTS (SELECT 1 FROM items j WHERE j.id = i.id AND j.name LIKE 'x%')",
  "SELECT data->>'a', data @> '{\"b\": 1}' FROM items WHERE name = E'it\\'s' OR name = $$dollar$$",
  'SELECT rank() OVER (PARTITION BY day ORDER BY price DESC) FROM items',
  'SELECT id FROM items UNION ALL SELECT id FROM tenant_a.orders ORDER BY id',
  'SELECT id FROM items UNION SELECT id FROM tenant_a.orders ORDER BY id',
  'SELECT CASE WHEN price > 1 THEN true ELSE false END FROM items WHERE note IS NULL',
  MULTI_LINE,
  'SELECT * FROM tenant_a.orders WHERE id = 1',
  'SELECT * FROM tenant_b.orders WHERE id = 1',
  'SET search_path TO tenant_a',
  'SELECT * FROM orders WHERE id = 2',
  'SELECT o.* FROM orders o WHERE o.id = 3',
  'RESET search_path',
  'BEGIN',
  'SET LOCAL search_path = tenant_a',
  'SAVEPOINT s1',
  'SELECT * FROM orders WHERE id = 4',
  'SAVEPOINT s2',
  'COMMIT',
  'SELECT * FROM nowhere',
  'SELEC 1',
  'SELECT 1; SELECT max(price) FROM items',
  "SET statement_timeout = '5s'",
  "SET statement_timeout = '6s'",
  'VACUUM items',
  "INSERT INTO items (id, name) VALUES (1000, 'a')",
  "INSERT INTO items (id, name) VALUES (1001, 'a'), (1002, 'b')",
  'UPDATE items SET price = price * 1.1 WHERE id = 5',
  'DELETE FROM items WHERE id = 1000 RETURNING id',
];

const EXTENDED: [sql: string, ...values: (string | number | null)[]][] = [
  ['SELECT * FROM items WHERE id = $1', 1],
  ['SELECT * FROM items WHERE id = $1', 2],
  ['SELECT id FROM items WHERE note = $1 OR name = $2', "it's\n\t two, $2 = 'lines'", null],
  ['SELECT * FROM items WHERE day BETWEEN $1 AND $2::date', '2001-01-01', '2001-02-01'],
  ['INSERT INTO items (id, name) VALUES ($1, $2)', 2000, 'x'],
  ['UPDATE items SET price = $1 WHERE id = $2', '1.50', 7],
  ['SELECT id FROM items ORDER BY id LIMIT $1 OFFSET $2', 10, 20],
];
