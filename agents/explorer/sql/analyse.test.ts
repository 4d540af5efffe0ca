import { describe, expect, test } from 'vitest';
import type { Catalog, Column } from '../plan.ts';
import { analyseQuery } from './analyse.ts';

function column(name: string, type: string, notNull = false): Column {
  return { name, type, notNull, nDistinct: null, correlation: null, nullShare: null, avgWidthBytes: null };
}

const catalog: Catalog = {
  extensions: [],
  searchPath: ['app', 'public'],
  tables: [
    {
      schema: 'app',
      name: 'Order',
      rows: 10,
      bytes: 10,
      primaryKey: ['id'],
      unique: [['id']],
      indexes: [],
      columns: [
        column('id', 'int8', true),
        column('Select', 'text'),
        column('at', 'timestamp', true),
        column('seen', 'timestamptz'),
        column('doc', 'jsonb'),
        column('amount', 'numeric'),
      ],
    },
    {
      schema: 'public',
      name: 'buyer',
      rows: 10,
      bytes: 10,
      primaryKey: ['id'],
      unique: [['id']],
      indexes: [],
      columns: [column('id', 'int8', true), column('name', 'text')],
    },
    {
      schema: 'public',
      name: 'Order',
      rows: 10,
      bytes: 10,
      primaryKey: [],
      unique: [],
      indexes: [],
      columns: [column('other', 'text')],
    },
  ],
};

async function top(sql: string) {
  const block = (await analyseQuery(sql, catalog)).blocks[0];
  if (!block) throw new Error('no block');
  return block;
}

async function predicate(condition: string) {
  const found = (await top(`SELECT 1 FROM "Order" o, buyer b WHERE ${condition}`)).predicates[0];
  if (!found) throw new Error('no predicate');
  return found;
}

describe('names', () => {
  test('an unqualified table is the first of the search path; a schema finds its own', async () => {
    expect((await top('SELECT * FROM "Order"')).sources[0]?.table?.schema).toBe('app');
    expect((await top('SELECT * FROM public."Order"')).sources[0]?.table?.schema).toBe('public');
  });

  test('columns pass through derived tables and CTEs, but not through an outer join or an expression', async () => {
    const block = await top(
      'WITH c AS (SELECT name AS n, id + 1 AS m FROM buyer) SELECT x.n, x.m, y.n FROM c x LEFT JOIN (SELECT name AS n, id FROM buyer) y ON y.id = x.m',
    );
    const origins = block.outputs.map((output) => output.expression.column?.origin?.column.name ?? null);
    expect(origins).toEqual(['name', null, 'name']);
    expect(block.sources.map((source) => source.join)).toEqual(['inner', 'outer']);
  });

  test('a correlated use is of the enclosing block', async () => {
    const query = await analyseQuery(
      'SELECT 1 FROM buyer b WHERE EXISTS (SELECT 1 FROM "Order" o WHERE o.id = b.id AND name = $2)',
      catalog,
    );
    expect(query.blocks[1]?.outerUses.map((use) => use.name)).toEqual(['id', 'name']);
    expect(query.params).toEqual([2]);
    expect([...(query.blocks[0]?.sources[0]?.columns ?? [])].sort()).toEqual(['id', 'name']);
  });

  test('an ambiguous or unknown name is marked, not guessed', async () => {
    expect((await top('SELECT id FROM "Order", buyer')).outputs[0]?.expression.unresolved).toBe(true);
    expect(
      (await top('SELECT id FROM "Order", unknown_table')).outputs[0]?.expression.column?.source.alias,
    ).toBe('Order');
    expect((await top('SELECT id FROM unknown_table')).outputs[0]?.expression.unresolved).toBe(true);
  });

  test('what is not one SELECT, or does not parse, is a fault', async () => {
    await expect(analyseQuery('DELETE FROM buyer', catalog)).rejects.toMatchObject({
      code: 'sql_not_select',
    });
    await expect(analyseQuery('SELECT 1; SELECT 2', catalog)).rejects.toMatchObject({
      code: 'sql_not_select',
    });
    await expect(analyseQuery('SELECT FROM WHERE', catalog)).rejects.toMatchObject({ code: 'sql_syntax' });
  });
});

describe('predicates', () => {
  test.each([
    ['o."Select" = $1', 'equality', '=', 'param', '"Select"'],
    ['$1::int8 = o.id', 'equality', '=', 'param', 'id'],
    ['o.id IN (1, 2)', 'equality', 'IN', 'literal', 'id'],
    ['o.id = ANY ($1)', 'equality', '= ANY', 'param', 'id'],
    ['5 < o.amount', 'range', '>', 'literal', 'amount'],
    ['o.at BETWEEN $1 AND $2', 'range', 'BETWEEN', 'param', 'at'],
    ["o.at >= $1 - interval '1 day'", 'range', '>=', 'expression', 'at'],
    ["o.doc ->> 'k' = $1", 'equality', '=', 'param', "(doc ->> 'k')"],
    ["o.doc @> '{}'", 'json', '@>', 'literal', 'doc'],
    ['lower(o."Select") = $1', 'equality', '=', 'param', '(lower("Select"))'],
    ["date_trunc('day', o.at) = $1", 'equality', '=', 'param', "(date_trunc('day', at))"],
    ["date_trunc('day', o.seen) = $1", 'equality', '=', 'param', null],
    ['o.seen::date = $1', 'equality', '=', 'param', null],
    ['o.at::date = $1', 'equality', '=', 'param', '(at::date)'],
    ['o.amount IS NULL', 'null', 'IS NULL', 'none', 'amount'],
    ['o.id = b.id', 'join', '=', 'none', 'id'],
    ['o.id NOT IN (1, 2)', 'other', 'NOT IN', 'none', null],
  ] as const)('%s', async (sql, kind, operator, value, index) => {
    const found = await predicate(sql);
    expect({
      kind: found.kind,
      operator: found.operator,
      value: found.value,
      index: found.on?.indexSql ?? null,
    }).toEqual({ kind, operator, value, index });
  });

  test.each([
    ["b.name LIKE 'a%'", 'prefix'],
    ["b.name ILIKE '%a%'", 'infix'],
    ["b.name LIKE '%a'", 'suffix'],
    ["b.name LIKE 'a'", 'exact'],
    ["b.name LIKE 'a_c'", 'unknown'],
    ['b.name LIKE $1', 'unknown'],
  ])('%s is a pattern of kind %s', async (sql, pattern) => {
    expect((await predicate(sql)).pattern).toBe(pattern);
  });

  test('OR keeps its branches', async () => {
    const found = await predicate('(o.id = $1 AND o.amount > 2 OR b.name = $2)');
    expect(found.branches.map((branch) => branch.map((part) => part.kind))).toEqual([
      ['equality', 'range'],
      ['equality'],
    ]);
    expect(found.source).toBeNull();
  });
});

test('keys, aggregates, windows and pages', async () => {
  const block = await top(
    'SELECT "Select" AS s, count(DISTINCT id) FILTER (WHERE amount > 1), sum(amount) OVER (PARTITION BY "Select" ORDER BY at DESC) FROM "Order" GROUP BY 1 ORDER BY 2 DESC, s LIMIT $1 OFFSET 10',
  );
  expect(block.groupBy.map((key) => key.sql)).toEqual(['"Select"']);
  expect(block.orderBy.map((key) => [key.expression.sql, key.descending, key.nullsFirst])).toEqual([
    ['count(DISTINCT id) FILTER (WHERE amount > 1)', true, true],
    ['"Select"', false, false],
  ]);
  expect(
    block.aggregates.map((aggregate) => [aggregate.name, aggregate.distinct, aggregate.filter?.sql]),
  ).toEqual([['count', true, 'amount > 1']]);
  expect(
    block.windows.map((window) => [window.name, window.partitionBy[0]?.sql, window.orderBy[0]?.descending]),
  ).toEqual([['sum', '"Select"', true]]);
  expect([block.limit?.params, block.offset?.sql]).toEqual([[1], '10']);
});
