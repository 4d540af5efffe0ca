import type { ParameterSet } from './same-rows.ts';

export interface RewriteCase {
  rewrite: string;
  sql: string;
  params: readonly ParameterSet[];
  /** The order of the rows is part of the answer: the query orders by a unique key. */
  ordered: boolean;
}

function unordered(rewrite: string, sql: string, ...params: ParameterSet[]): RewriteCase {
  return { rewrite, sql, params: params.length === 0 ? [[]] : params, ordered: false };
}

function ordered(rewrite: string, sql: string, ...params: ParameterSet[]): RewriteCase {
  return { ...unordered(rewrite, sql, ...params), ordered: true };
}

const months: ParameterSet[] = [['2001-01-01'], ['2001-01-15'], ['2001-02-01'], ['1999-01-01'], [null]];

export const rewriteCases: RewriteCase[] = [
  unordered(
    'function to range',
    "SELECT count(*), sum({n}) FROM {fact} WHERE date_trunc('month', {ts}) = $1",
    ...months,
  ),
  unordered(
    'function to range',
    "SELECT {id} FROM {fact} f WHERE date_trunc('week', f.{tz}) >= $1 AND date_trunc('day', f.{tz}) < $2",
    ['2001-01-03', '2001-03-05 01:00'],
    ['2001-01-01', '2001-01-02'],
    [null, '2001-01-01'],
  ),
  unordered(
    'function to range',
    "SELECT {id} FROM {fact} f WHERE date_trunc('day', f.{ts}) BETWEEN $1 AND $2",
    ['2001-01-03', '2001-01-05 01:00'],
    ['2001-01-01 02:00', '2001-01-02'],
  ),
  unordered(
    'function to range',
    "SELECT {id} FROM {fact} f WHERE date_trunc('hour', f.{ts}) > $1 AND date_trunc('quarter', f.{day}) <= $2",
    ['2001-01-03 04:00', '2001-04-01'],
    ['2001-01-01 02:10', '2001-03-31'],
  ),
  unordered(
    'function to range',
    'SELECT {id} FROM {fact} WHERE {ts}::date = $1',
    ['2001-01-02'],
    ['2001-01-20'],
    ['2005-01-01'],
    [null],
  ),
  unordered(
    'function to range',
    'SELECT {id} FROM {fact} WHERE date({tz}) BETWEEN $1 AND $2 AND {n} < 9',
    ['2001-01-02', '2001-04-01'],
    ['2001-05-02', '2001-04-01'],
  ),
  unordered(
    'function to range',
    'SELECT {id} FROM {fact} WHERE {tz}::date > $1',
    ['2001-06-02'],
    ['2002-01-01'],
  ),
  unordered(
    'function to range',
    'SELECT {id} FROM {fact} WHERE extract(year FROM {tz}) = $1 AND extract(month FROM {tz}) = $2',
    ['2001', '3'],
    ['2001', '13'],
    ['2001.5', '2'],
    ['99999', '1'],
    ['0', '1'],
    [null, '1'],
  ),
  unordered('function to range', 'SELECT count(*) FROM {fact} WHERE extract(year FROM {day}) = 2002'),
  unordered(
    'function to range',
    "SELECT count(*) FROM {fact} WHERE to_char({day}, 'YYYY-MM') = $1",
    ['2001-05'],
    ['2001-13'],
    ['x'],
    ['0000-01'],
    [null],
  ),
  unordered(
    'function to range',
    "SELECT {id} FROM {fact} WHERE to_char({ts}, 'YYYY-MM-DD') = $1",
    ['2001-01-05'],
    ['2001-01-31'],
    ['2001-02-30'],
  ),
  unordered('function to range', 'SELECT {id} FROM {fact} WHERE coalesce({n}, 0) > $1', ['3'], ['50']),

  ordered(
    'first rows of each group by index',
    'SELECT DISTINCT ON ({key}) {key}, {id}, {ts}, {amount} FROM {fact} WHERE {low} = $1 AND {ts} <= $2 AND {n} <> 3 ORDER BY {key}, {ts} DESC, {id} DESC',
    ['a', '2001-01-20'],
    ['zz', '2001-01-20'],
    ['B', '1990-01-01'],
    [null, null],
  ),
  ordered(
    'first rows of each group by index',
    'SELECT DISTINCT ON ({nkey}) {id}, {n} * 2 AS "Twice", {amount} FROM {fact} f ORDER BY {nkey} DESC NULLS LAST, {amount}, f.{id} LIMIT 4',
  ),
  ordered(
    'first rows of each group by index',
    'SELECT DISTINCT ON ({key}, {low}) {key}, {low}, {id} FROM {fact} ORDER BY {low} DESC, {key}, {ts}, {id}',
  ),
  ordered(
    'first rows of each group by index',
    'SELECT {id}, {ts}, rn FROM (SELECT *, row_number() OVER (PARTITION BY {nkey} ORDER BY {ts} DESC, {id}) AS rn FROM {fact} WHERE {n} > 2) x WHERE rn = 1 AND {low} <> $1 ORDER BY {id}',
    ['a'],
    ['q'],
  ),
  ordered(
    'first rows of each group by index',
    'WITH r AS (SELECT f.{id}, f.{key}, row_number() OVER (PARTITION BY f.{key} ORDER BY f.{ts}, f.{id}) AS place FROM {fact} f) SELECT r.{key}, r.{id}, place, d.{name} FROM r LEFT JOIN {dim} d ON d.{id} = r.place WHERE place <= $1 ORDER BY r.{key}, place',
    ['3'],
    ['0'],
    ['-1'],
    [null],
  ),
  ordered(
    'first rows of each group by index',
    'SELECT {id}, place FROM (SELECT {id}, row_number() OVER (PARTITION BY {key} ORDER BY {n} DESC, {id}) AS place FROM {fact}) x WHERE place < 3 ORDER BY place, {id}',
  ),
  unordered('distinct values by loose index scan', 'SELECT DISTINCT {nkey} FROM {fact}'),
  ordered(
    'distinct values by loose index scan',
    'SELECT DISTINCT {key}, {low} FROM {fact} WHERE {n} = $1 ORDER BY {low} DESC, {key} LIMIT 5',
    ['3'],
    ['-4'],
    [null],
  ),
  unordered(
    'distinct values by loose index scan',
    'SELECT {nkey} AS "K", max({ts}) AS newest, min({amount}) FROM {fact} WHERE {low} = $1 AND {n} > $2 GROUP BY {nkey}',
    ['a', '5'],
    ['a', '50'],
    [null, '1'],
  ),
  ordered(
    'distinct values by loose index scan',
    'SELECT max({amount}), {low} FROM {fact} GROUP BY 2 ORDER BY {low} DESC OFFSET 1',
  ),
  unordered(
    'distinct values by loose index scan',
    'SELECT count(DISTINCT {nkey}) AS n, count(DISTINCT {low}) FROM {fact} WHERE {key} = $1',
    ['k1'],
    ['zz'],
    [null],
  ),
  ordered(
    'count distinct in two levels',
    'SELECT {low}, count(DISTINCT {nkey}) AS "Different", count(*), sum({n}), avg({amount}), avg({n}), min({label}), count({amount}) FILTER (WHERE {n} > 4), max({tz}) FROM {fact} WHERE {n} < $1 GROUP BY {low} HAVING count(DISTINCT {nkey}) > 1 ORDER BY 2 DESC, {low} LIMIT 10',
    ['12'],
    ['0'],
    [null],
  ),
  unordered(
    'count distinct in two levels',
    'SELECT count(DISTINCT lower(f.{low})), count(*) + 1 AS more, sum(f.{amount}) FROM {fact} f JOIN {dim} d ON d.{id} = f.{ref} WHERE d.{grp} = $1',
    ['g1'],
    ['none'],
  ),
  ordered(
    'pre-aggregated join',
    'SELECT d.{id}, d.{name}, (SELECT count(*) FROM {fact} f WHERE f.{nref} = d.{id} AND f.{n} > $1) AS "How many", (SELECT coalesce(sum({amount}), 0) / 2 FROM {fact} f WHERE f.{nref} = d.{id}) AS half, (SELECT max({ts}) FROM {fact} g WHERE g.{ref} = d.{id} AND {key} = $2) FROM {dim} d ORDER BY 3 DESC, d.{name}',
    ['5', 'k1'],
    ['100', 'zz'],
    [null, null],
  ),
  unordered(
    'pre-aggregated join',
    'SELECT * FROM {fact} a WHERE a.{ts} = (SELECT max(b.{ts}) FROM {fact} b WHERE b.{nkey} = a.{nkey} AND b.{n} < $1) AND a.{low} = $2',
    ['15', 'a'],
    ['0', 'a'],
    [null, 'b'],
  ),
  unordered(
    'pre-aggregated join',
    'SELECT a.{id} FROM {fact} a, {dim} d WHERE d.{id} = a.{ref} AND a.{amount} > (SELECT avg(b.{amount}) FROM {fact} b WHERE b.{ref} = d.{id} AND b.{low} = a.{low})',
  ),
  unordered(
    'no newer row to latest',
    'SELECT a.{id}, a.{n} FROM {fact} a WHERE a.{low} = $1 AND NOT EXISTS (SELECT 1 FROM {fact} b WHERE b.{key} = a.{key} AND b.{ts} > a.{ts})',
    ['a'],
    ['zz'],
  ),
  unordered(
    'no newer row to latest',
    'SELECT a.{id} FROM {fact} a JOIN {dim} d ON d.{id} = a.{ref} WHERE NOT EXISTS (SELECT * FROM {fact} b WHERE a.{key} = b.{key} AND a.{low} = b.{low} AND a.{day} > b.{day})',
  ),
  unordered(
    'OR to UNION ALL',
    'SELECT count(*) AS c, count(*) FILTER (WHERE {low} = $3), sum({amount}) FROM {fact} WHERE ({key} = $1 OR {nkey} = $2) AND {n} > 3',
    ['k1', '2', 'a'],
    ['zz', '2', 'b'],
    ['k1', null, 'a'],
    [null, null, null],
  ),
  ordered(
    'OR to UNION ALL',
    'SELECT f.{id}, d.{name} FROM {fact} f JOIN {dim} d ON d.{id} = f.{ref} WHERE f.{nref} = $1 OR f.{amount} > $2 AND f.{n} = 3 OR f.{label} IS NULL ORDER BY f.{id} LIMIT 30',
    ['3', '10'],
    [null, '2'],
  ),
  ordered(
    'OR to UNION ALL',
    'SELECT f.{id} + 0 AS x, d.{name}, {n} FROM {fact} f LEFT JOIN {dim} d ON d.{id} = f.{nref} WHERE f.{n} = $1 OR d.{grp} = $2 ORDER BY f.{id} DESC LIMIT 20 OFFSET 2',
    ['3', 'g1'],
    [null, 'g2'],
    ['4', null],
  ),
  ordered(
    'late row lookup',
    "SELECT {id}, {label}, {amount}, {doc} ->> 't' AS t FROM {fact} WHERE {low} = $1 AND {n} > 2 ORDER BY {ts} DESC, {id} LIMIT 20 OFFSET $2",
    ['a', '30'],
    ['a', '0'],
    ['a', '99999'],
    ['zz', '1'],
  ),
  ordered('late row lookup', 'SELECT * FROM {fact} f ORDER BY f.{amount}, 1 LIMIT $1', ['7'], [null]),
  unordered(
    'NOT IN to NOT EXISTS',
    'SELECT {name} FROM {dim} WHERE {grp} = $1 AND {id} NOT IN (SELECT {ref} FROM {fact} WHERE {ts} >= $2::date AND {ts} < $2::date + 2)',
    ['g1', '2001-01-03'],
    ['g2', '2005-01-01'],
    ['g2', null],
  ),
  ordered(
    'roll-up',
    'SELECT {low}, count(*) AS c, count(*) FILTER (WHERE {n} = 3) AS threes, round(avg({amount}), 1) AS mean, max({amount}), sum({n}) FROM {fact} WHERE {ts} >= $1 AND {ts} < $2 GROUP BY {low} ORDER BY {low}',
    ['2001-01-03', '2001-01-20'],
    ['2001-01-03 05:17', '2001-01-03 11:00'],
    ['2001-01-03 05:17', '2001-01-06 05:17'],
    ['2001-01-06', '2001-01-03'],
    ['2000-01-01', '2009-01-01'],
    [null, '2001-01-20'],
  ),
  unordered(
    'roll-up',
    'SELECT count(*), sum(f.{amount}) FROM {fact} f JOIN {dim} d ON d.{id} = f.{ref} WHERE d.{grp} = $1 AND f.{tz} > $2 AND f.{n} <= $3',
    ['g1', '2001-02-03 04:00', '8'],
    ['g1', '2001-02-03', '8'],
    ['zz', '2001-02-03', '8'],
    [null, null, null],
  ),
  unordered(
    'roll-up',
    `SELECT count(*) FROM {fact} WHERE {ts} BETWEEN $1::timestamp - interval '3 days' AND $1 AND {key} = $2`,
    ['2001-01-09', 'k2'],
    ['2001-01-09 10:00', 'k2'],
    ['1999-01-01', 'k2'],
  ),
  ordered(
    'roll-up',
    'SELECT d.{name}, f.{low}, count(*) AS c, count(DISTINCT f.{nkey}), sum(f.{n}) FROM {fact} f JOIN {dim} d ON d.{id} = f.{ref} WHERE f.{n} BETWEEN $1 AND $2 AND f.{label} IS NOT NULL GROUP BY d.{name}, f.{low} HAVING count(*) > $3 ORDER BY c DESC, 1, f.{low} LIMIT 10',
    ['2', '9', '1'],
    ['9', '2', '0'],
    ['0', '99', '0'],
  ),
  unordered(
    'roll-up',
    `SELECT count(*) AS a, count(*) FILTER (WHERE {low} = 'a') AS b FROM {fact} WHERE ({key} = $1 OR {low} = $1) AND ({n} > $2 OR {low} = 'b' OR {nkey} IS NULL)`,
    ['k1', '10'],
    ['a', '3'],
    [null, '3'],
    ['a', null],
  ),
  unordered(
    'roll-up',
    `SELECT extract(dow FROM {ts})::int AS dow, avg({n}), min({label}) FROM {fact} WHERE {key} = $1 AND date_trunc('month', {ts}) = $2 GROUP BY 1`,
    ['k1', '2001-01-01'],
    ['k1', '2001-01-02'],
    [null, null],
  ),
  unordered(
    'roll-up',
    "SELECT {doc} -> 'in' ->> 'c' AS c, count(*), sum(({doc} ->> 'v')::int) FROM {fact} WHERE {doc} ->> 't' = $1 AND {ts} >= $2 AND {ts} < $3 GROUP BY 1",
    ['t1', '2001-01-01', '2001-01-15 13:00'],
    ['zz', '2001-01-01', '2001-01-15'],
  ),
  unordered(
    'narrow sorted copy',
    "SELECT {doc} -> 'in' ->> 'c' AS c, count(*), sum(({doc} ->> 'v')::int) FROM {fact} WHERE {doc} ->> 't' = $1 AND {ts} >= $2 GROUP BY 1",
    ['t1', '2001-01-01'],
    ['zz', '2001-01-01'],
  ),
  ordered(
    'narrow sorted copy',
    'SELECT f.{id}, d.{name} || $3 AS "N", f.{amount} * 2 AS twice FROM {fact} f LEFT JOIN {dim} d ON d.{id} = f.{nref} WHERE f.{key} = $1 AND coalesce(d.{grp}, f.{low}) <> $2 AND f.{n} > 1 ORDER BY f.{ts} DESC, f.{id} LIMIT 10',
    ['k1', 'g1', 'x'],
    ['zz', 'a', 'y'],
  ),
  ordered(
    'narrow sorted copy',
    'SELECT DISTINCT ON (d.{name}) d.{name}, f.{id}, row_number() OVER (ORDER BY f.{id}) AS r FROM {fact} f JOIN {dim} d ON d.{id} = f.{ref} WHERE f.{low} = $1 ORDER BY d.{name} DESC, f.{ts}, f.{id}',
    ['a'],
    ['q'],
  ),
  ordered(
    'stored part without parameters',
    'WITH first AS (SELECT {key}, min({ts}) AS began FROM {fact} GROUP BY {key}) SELECT f.{key}, x.began, count(*) FROM {fact} f JOIN first x USING ({key}) WHERE f.{n} >= $1 GROUP BY f.{key}, x.began ORDER BY f.{key}',
    ['5'],
    ['50'],
  ),
  ordered(
    'stored part without parameters',
    'SELECT {low}, count(*), sum({amount}) AS s FROM {fact} GROUP BY {low} ORDER BY s DESC, {low} LIMIT 3',
  ),
  ordered(
    'stored part without parameters',
    'SELECT x.{id}, x.before FROM (SELECT {id}, {key}, lag({n}) OVER (PARTITION BY {key} ORDER BY {ts}, {id}) AS before FROM {fact}) x WHERE x.{key} = $1 AND x.before > (SELECT avg({n}) FROM {fact}) ORDER BY x.{id}',
    ['k1'],
    ['zz'],
  ),
  ordered(
    'percentiles from counted values',
    'SELECT {low}, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY {n}) AS median, percentile_cont(0.9) WITHIN GROUP (ORDER BY {n}) AS p90, avg({amount}) FROM {fact} WHERE {nkey} <> $1 GROUP BY {low} ORDER BY {low}',
    ['1'],
    ['-1'],
    [null],
  ),
  unordered(
    'percentiles from counted values',
    'SELECT percentile_cont($1) WITHIN GROUP (ORDER BY f.{amount} * 2) FROM {fact} f WHERE f.{n} > $2',
    ['0', '3'],
    ['1', '3'],
    ['0.333', '5'],
    ['0.5', '99'],
    [null, '1'],
  ),
  unordered(
    'distinct counts apart',
    'SELECT count(DISTINCT {nkey}) AS a, count(DISTINCT lower({label})) FROM {fact} WHERE {low} = $1 AND {ts} >= $2 AND {ts} < $3',
    ['a', '2001-01-02', '2001-01-09 12:00'],
    ['zz', '2001-01-02', '2001-01-09'],
  ),
  unordered(
    'roll-up',
    'SELECT (SELECT count(x.{key}) FROM (SELECT {key} FROM {fact} WHERE {ts} >= $1 GROUP BY {key}) x), (SELECT count(*) FROM {fact} WHERE {ts} < $1 AND {low} = $2)',
    ['2001-01-09 12:00', 'a'],
    ['2010-01-01', 'a'],
    [null, 'b'],
  ),
  ordered(
    'aggregate before the join',
    'SELECT d.{grp}, f.{low}, count(*) AS c, sum(f.{n}), avg(f.{amount}), max(f.{ts}) FROM {fact} f JOIN {dim} d ON d.{id} = f.{ref} WHERE f.{n} > $1 AND d.{name} <> $2 GROUP BY d.{grp}, f.{low} ORDER BY d.{grp}, c DESC, f.{low}',
    ['3', 'name 1'],
    ['99', 'x'],
    [null, null],
  ),
  unordered(
    'aggregate before the join',
    'SELECT d.{name}, sum(f.{n}) AS s FROM {fact} f LEFT JOIN {dim} d ON d.{id} = f.{nref} AND f.{low} = $1 GROUP BY 1',
    ['a'],
    [null],
  ),
  ordered(
    'CTE written out or kept',
    'WITH a AS (SELECT {id}, {key}, {n} FROM {fact} WHERE {low} = $1) SELECT x.{id}, (SELECT max({n}) FROM a y) AS most FROM a x WHERE x.{key} = $2 ORDER BY x.{id}',
    ['a', 'k1'],
    ['zz', 'k1'],
  ),
  ordered(
    'CTE written out or kept',
    'WITH a AS (SELECT {id}, {key} FROM {fact}) SELECT {id} FROM a WHERE {key} = $1 ORDER BY {id}',
    ['k1'],
  ),
];
