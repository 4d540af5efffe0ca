import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SqlClient } from '../target/sql-client.ts';
import { findWrites } from './find-writes.ts';
import { referenceRows } from './reference.ts';
import { openTargetDatabase, type TargetDatabase } from './testing/target-database.ts';

const LIMIT_MS = 10_000;

let database: TargetDatabase;
let sql: SqlClient;

beforeAll(async () => {
  database = await openTargetDatabase(`
    CREATE TABLE shops (code text PRIMARY KEY, name text NOT NULL, town text);
    CREATE TABLE goods (id int PRIMARY KEY, label text NOT NULL, weight int);
    CREATE TABLE kinds (id int PRIMARY KEY);
    CREATE TABLE sales (id int PRIMARY KEY, shop text NOT NULL REFERENCES shops, good int NOT NULL REFERENCES goods,
                        kind int NOT NULL REFERENCES kinds, sold_at timestamp NOT NULL, amount numeric);
    INSERT INTO shops SELECT 's' || i, 'shop ' || i, 'town ' || i % 7 FROM generate_series(1, 400) i;
    INSERT INTO goods SELECT i, 'good ' || i, i % 50 FROM generate_series(1, 900) i;
    INSERT INTO kinds SELECT generate_series(1, 5);
    INSERT INTO sales SELECT i, 's' || (i * 7919 % 400 + 1), i * 1049 % 900 + 1, i % 3 + 1,
                             timestamp '2024-01-01' + i * interval '3 minutes', i % 1000 / 8.0
                        FROM generate_series(1, 60000) i;
    ANALYZE;
  `);
  sql = database.sql;
});

afterAll(() => database[Symbol.asyncDispose]());

const answer = (query: string, params: string[], ordered: boolean) =>
  referenceRows(sql, query, params, { ordered, limitMs: LIMIT_MS });

/** The query with one of its tables replaced by what the table was before the writes. */
const withStale = (query: string, table: string) =>
  query.replaceAll(new RegExp(`(FROM|JOIN) ${table}\\b`, 'g'), `$1 ${table}_before AS ${table}`);

test.each([
  {
    what: 'a subquery for each row',
    query: `SELECT shops.code, shops.name, (SELECT count(*) FROM sales WHERE sales.shop = shops.code AND sales.kind = $3
              AND sales.sold_at >= $4 AND sales.sold_at < $5) AS sold
            FROM shops WHERE shops.code IN ($1, $2) ORDER BY sold DESC, shops.code`,
    params: ['s231', 's388', '3', '2024-02-01', '2024-03-01'],
    tables: ['shops', 'sales'],
  },
  {
    what: 'joins whose other tables are narrowed by nothing of their own',
    query: `SELECT shops.town, goods.label, sum(sales.amount) AS total
            FROM sales JOIN shops ON shops.code = sales.shop JOIN goods ON goods.id = sales.good
            WHERE sales.sold_at >= $1 AND sales.sold_at < $2
            GROUP BY shops.town, goods.label ORDER BY total DESC, goods.label, shops.town LIMIT 12`,
    params: ['2024-03-03', '2024-03-04'],
    tables: ['sales', 'shops', 'goods'],
  },
  {
    what: 'a condition that only the other table has',
    query: `SELECT shops.name, max(sales.sold_at) AS latest
            FROM shops JOIN sales ON sales.shop = shops.code WHERE shops.town = $1 GROUP BY shops.name`,
    params: ['town 6'],
    tables: ['shops', 'sales'],
  },
  {
    what: 'a condition that a hashed sub-plan is part of',
    query: `SELECT sales.id, sales.amount FROM sales
            WHERE sales.good = $1 AND sales.shop NOT IN (SELECT shops.code FROM shops WHERE shops.town = $2)`,
    params: ['77', 'town 3'],
    tables: ['sales', 'shops'],
  },
])(
  'a copy of one table alone that is not brought up to date shows: $what',
  async ({ query, params, tables }) => {
    const ordered = /ORDER BY/.test(query);
    const before = await answer(query, params, ordered);
    expect(before.rows).toBeGreaterThan(0);
    const found = await findWrites(sql, { sql: query, ordered }, params, before);
    expect(found?.untold).toEqual([]);
    expect((await answer(query, params, ordered)).sha256, 'all was rolled back').toBe(before.sha256);

    await sql.run('BEGIN');
    for (const table of tables) await sql.run(`CREATE TABLE ${table}_before AS TABLE ${table}`);
    for (const statement of found?.statements ?? []) await sql.run(statement);
    expect((await answer(query, params, ordered)).sha256).toBe(found?.reference.sha256);
    for (const table of tables)
      expect((await answer(withStale(query, table), params, ordered)).sha256, table).not.toBe(
        found?.reference.sha256,
      );
    await sql.run('ROLLBACK');
  },
);

test('a table whose rows no write can make matter is named', async () => {
  const query = `SELECT count(*) FROM sales JOIN kinds ON kinds.id = sales.kind WHERE sales.shop = $1 AND kinds.id < 9`;
  const found = await findWrites(
    sql,
    { sql: query, ordered: false },
    ['s7'],
    await answer(query, ['s7'], false),
  );
  expect(found?.untold).toEqual(['"public"."kinds"']);
  expect(found?.statements.length).toBeGreaterThan(0);
});
