import { loadModule } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { canonicalStatement } from './statement.ts';

beforeAll(loadModule);

const textOf = (sql: string, schema?: string) => canonicalStatement(sql, { schema })?.text;

describe('canonicalStatement', () => {
  test.each<[string, string[]]>([
    [
      'aliases',
      [
        'select f.a from flights f where f.b = 1',
        'select a as x from flights where flights.b = $1',
        'SELECT "a" FROM public.flights AS "z" WHERE z.b=\'2\'',
      ],
    ],
    [
      'sort by position, name or expression',
      [
        'select a, count(*) as n from t group by 1 order by n desc',
        'select a, count(*) from t group by a order by 2 desc',
        'select a, COUNT(*) c from t group by t.a order by count(*) desc nulls first',
      ],
    ],
    [
      'casts next to a column',
      [
        "select 1 from t where d = '2001-01-01'",
        "select 1 from t where d = date '2001-01-01'",
        'select 1 from t where d = $1::date',
      ],
    ],
    ['BETWEEN', ['select 1 from t where a between 1 and 2', 'select 1 from t where a >= 1 and a <= 2']],
    [
      'lists',
      [
        'select 1 from t where a in (1)',
        'select 1 from t where a in (1, 2, 3)',
        'select 1 from t where a in ($1, $2)',
      ],
    ],
    ['rows', ["insert into t values (1, 'a')", "insert into t values (1, 'a'), (2, null)"]],
    ['EXTRACT', ['select extract(year from d) from t', 'select extract(month from d) from t']],
    [
      'limits',
      [
        'select a from t limit 10',
        'select a from t fetch first 5 rows only',
        'select a from t limit 10::bigint',
      ],
    ],
    [
      'subquery columns',
      ['select s.n from (select count(*) as n from t) s', 'select c from (select count(*) as c from t) as x'],
    ],
    [
      'self-joins',
      [
        'select a.x, b.x from t a join t b on b.id = a.up',
        'select l.x, r.x from t l join t r on r.id = l.up',
      ],
    ],
    ['LIKE', ["select 1 from t where a like 'x%'", "select 1 from t where a ~~ 'y'"]],
    ['savepoints', ['savepoint a1', 'savepoint a2']],
    ['settings', ["set work_mem = '1MB'", "set work_mem to '2MB'"]],
    [
      'correlated',
      [
        'select 1 from a where exists (select 1 from b where b.i = a.i)',
        'select 2 from a x where exists (select 3 from b y where y.i = x.i)',
      ],
    ],
  ])('one text: %s', (_, statements) => {
    expect(
      new Set(statements.map((sql) => textOf(sql))).size,
      statements.map((sql) => textOf(sql)).join('\n'),
    ).toBe(1);
  });

  test.each<[string, string[]]>([
    ['schemas', ['select * from tenant_a.orders', 'select * from tenant_b.orders', 'select * from orders']],
    [
      'positions',
      [
        'select a, b from t order by 1',
        'select a, b from t order by 2',
        'select * from t order by 1',
        'select * from t order by 2',
      ],
    ],
    [
      'columns of a self-join',
      ['select a.x from t a join t b on b.id = a.up', 'select b.x from t a join t b on b.id = a.up'],
    ],
    ['functions', ['select min(a) from t', 'select max(a) from t']],
    [
      'directions',
      [
        'select a from t order by a',
        'select a from t order by a desc',
        'select a from t order by a nulls first',
      ],
    ],
    ['types of a result', ["select '1'::int", "select '1'::text"]],
    ['IN and =', ['select 1 from t where a in (1, 2)', 'select 1 from t where a = 1']],
    ['arity', ['select f(1, 2)', 'select f(1)']],
    ['nesting of AND', ['select 1 from t where a and (b and c)', 'select 1 from t where a and b and c']],
    ['settings', ['set work_mem = 1', 'set search_path = a']],
    ['statements in one text', ['select 1', 'select 1; select 2']],
    [
      'UNION and UNION ALL',
      ['select a from t union select b from u', 'select a from t union all select b from u'],
    ],
  ])('apart: %s', (_, statements) => {
    expect(
      new Set(statements.map((sql) => textOf(sql))).size,
      statements.map((sql) => textOf(sql)).join('\n'),
    ).toBe(statements.length);
  });

  test('an unqualified table is the one of the schema that is searched', () => {
    expect(textOf('select * from orders', 'tenant_a')).toBe(textOf('select * from tenant_a.orders'));
    expect(textOf('with orders as (select 1) select * from orders', 'tenant_a')).toBe(
      textOf('with orders as (select 1) select * from orders'),
    );
  });

  test('is readable, and its placeholders say what stood there', () => {
    const statement = canonicalStatement(
      'select a.city, count(*) n from flights f join airports a on a.iata = f.origin where f.day = $2 and f.delay > -5 and f.carrier is not null group by a.city order by n desc limit 10',
      { keepLists: true },
    );
    expect(statement).toEqual({
      text: 'SELECT airports.city, count(*) FROM flights JOIN airports ON airports.iata = flights.origin WHERE flights.day = $1 AND flights.delay > $2 AND flights.carrier IS NOT NULL GROUP BY airports.city ORDER BY count(*) DESC LIMIT $3',
      placeholders: [{ param: 2 }, { literal: '-5' }, { literal: '10' }],
    });
  });

  test('a password is not part of it', () => {
    expect(textOf("ALTER ROLE app WITH LOGIN PASSWORD 'secret'")).toBe(
      textOf("ALTER ROLE app LOGIN PASSWORD 'other'"),
    );
    expect(textOf("CREATE USER app PASSWORD 'secret'")).not.toContain('secret');
  });

  test('what is no SQL has none', () => {
    expect(canonicalStatement('SELECT * FROM t WHERE (')).toBeUndefined();
    expect(canonicalStatement("KILL QUERY 'x'")).toBeUndefined();
  });
});
