import fc from 'fast-check';
import type { ParameterSet } from './same-rows.ts';

/** A query over the test schema with names still to be filled in, and parameter sets that fit it. */
export interface RandomQuery {
  sql: string;
  params: ParameterSet[];
  /** Ordered by a unique key, so that the order of rows is part of the answer. */
  ordered: boolean;
}

interface Part {
  /** `?` stands for a parameter. */
  sql: string;
  values: readonly (readonly (string | null)[])[];
}

const instants = ['2001-01-01', '2001-01-07 05:17', '2001-01-20', '2001-02-01', '1999-01-01', null];
const numbers = ['-1', '0', '3', '7', '15', '99', null];
const keys = ['k0', 'k3', 'k8', 'none', null];
const lows = ['a', 'b', 'B', 'zz', null];

const simple: Part[] = [
  { sql: 'f.{key} = ?', values: [keys] },
  { sql: 'f.{low} IN (?, ?)', values: [lows, lows] },
  { sql: 'f.{nkey} = ?', values: [numbers] },
  { sql: 'f.{nref} > ?', values: [numbers] },
  { sql: 'f.{n} BETWEEN ? AND ?', values: [numbers, numbers] },
  { sql: 'f.{amount} <= ?', values: [numbers] },
  { sql: 'f.{label} IS NULL', values: [] },
  { sql: 'f.{n} <> 4', values: [] },
  { sql: "f.{low} = 'a'", values: [] },
  { sql: "f.{doc} ->> 't' = ?", values: [['t0', 't3', 'x', null]] },
  { sql: 'lower(f.{label}) LIKE ?', values: [['label 1%', '%', 'x', null]] },
];
const timed: Part[] = [
  { sql: 'f.{ts} >= ? AND f.{ts} < ?', values: [instants, instants] },
  { sql: 'f.{ts} > ?', values: [instants] },
  { sql: 'f.{tz} <= ? AND f.{tz} > ?', values: [instants, instants] },
  { sql: 'f.{ts} BETWEEN ? AND ?', values: [instants, instants] },
  { sql: "date_trunc('month', f.{ts}) = ?", values: [instants] },
  { sql: 'f.{ts}::date = ?', values: [instants] },
  { sql: 'extract(year FROM f.{day}) = ?', values: [['2001', '2002', '1.5', null]] },
  { sql: "to_char(f.{ts}, 'YYYY-MM') = ?", values: [['2001-01', '2001-02', 'x', null]] },
];
const nested: Part[] = [
  {
    sql: 'f.{ref} NOT IN (SELECT d2.{id} FROM {dim} d2 WHERE d2.{grp} = ?)',
    values: [['g0', 'g1', 'x', null]],
  },
  { sql: 'NOT EXISTS (SELECT 1 FROM {fact} o WHERE o.{key} = f.{key} AND o.{ts} > f.{ts})', values: [] },
  {
    sql: 'f.{ts} = (SELECT max(o.{ts}) FROM {fact} o WHERE o.{nkey} = f.{nkey} AND o.{n} < ?)',
    values: [numbers],
  },
];

const either = fc
  .tuple(fc.constantFrom(...simple), fc.constantFrom(...simple))
  .map(([a, b]): Part => ({ sql: `(${a.sql} OR ${b.sql})`, values: [...a.values, ...b.values] }));
const condition = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...simple) },
  { weight: 3, arbitrary: fc.constantFrom(...timed) },
  { weight: 2, arbitrary: either },
  { weight: 1, arbitrary: fc.constantFrom(...nested) },
);
const conditions = fc.array(condition, { maxLength: 3 });
const grouping = fc.uniqueArray(
  fc.constantFrom(
    'f.{low}',
    'f.{nkey}',
    'd.{grp}',
    'd.{name}',
    "date_trunc('month', f.{ts})",
    "f.{doc} ->> 't'",
    'lower(f.{key})',
  ),
  { maxLength: 2 },
);
const aggregates = fc.uniqueArray(
  fc.constantFrom(
    'count(*)',
    'count(f.{amount})',
    'count(DISTINCT f.{nkey})',
    'count(DISTINCT f.{key})',
    'sum(f.{n})',
    'sum(f.{amount})',
    'avg(f.{n})',
    'round(avg(f.{amount}), 2)',
    'min(f.{label})',
    'max(f.{ts})',
    'count(*) FILTER (WHERE f.{n} > 5)',
    'bool_or(f.{n} = 3)',
    'sum(f.{n}) + count(*)',
    'percentile_cont(0.4) WITHIN GROUP (ORDER BY f.{n})',
  ),
  { minLength: 1, maxLength: 3 },
);
const join = fc.constantFrom('JOIN {dim} d ON d.{id} = f.{ref}', 'LEFT JOIN {dim} d ON d.{id} = f.{nref}');

const aggregated = fc
  .tuple(grouping, aggregates, join, conditions, fc.boolean())
  .map(([groups, values, from, where, having]) => {
    const list = [...groups, ...values].map((text, i) => `${text} AS o${i}`).join(', ');
    const group =
      groups.length === 0
        ? ''
        : ` GROUP BY ${groups.map((text, i) => (i === 0 ? text : String(i + 1))).join(', ')}`;
    return {
      before: `SELECT ${list} FROM {fact} f ${from}`,
      where,
      after: `${group}${having ? ' HAVING count(*) > 1' : ''}`,
      ordered: false,
    };
  });
const listed = fc
  .tuple(
    fc.constantFrom('f.{ts} DESC, f.{id}', 'f.{amount}, f.{id} DESC', 'f.{id}'),
    fc.nat(40),
    fc.nat(20),
    conditions,
    join,
  )
  .map(([order, limit, offset, where, from]) => ({
    before: `SELECT f.{id}, f.{key}, d.{name}, f.{doc} -> 'in' AS part FROM {fact} f ${from}`,
    where,
    after: ` ORDER BY ${order} LIMIT ${limit} OFFSET ${offset}`,
    ordered: true,
  }));
const paged = fc
  .tuple(fc.constantFrom('{ts} DESC, {id}', '{label} NULLS FIRST, {id} DESC'), conditions)
  .map(([order, where]) => ({
    before: 'SELECT f.*, {n} + 1 AS more FROM {fact} f',
    where,
    after: ` ORDER BY ${order} LIMIT 9 OFFSET 3`,
    ordered: true,
  }));
const first = fc.tuple(fc.constantFrom('{key}', '{nkey}', '{low}'), conditions).map(([key, where]) => ({
  before: `SELECT DISTINCT ON (f.${key}) f.${key}, f.{id}, f.{n} FROM {fact} f`,
  where,
  after: ` ORDER BY f.${key}, f.{ts} DESC, f.{id}`,
  ordered: true,
}));
const ranked = fc
  .tuple(fc.constantFrom('{key}', '{nkey}'), fc.integer({ min: 1, max: 3 }), conditions)
  .map(([key, most, where]) => ({
    before: `SELECT x.{id}, x.place FROM (SELECT f.{id}, row_number() OVER (PARTITION BY f.${key} ORDER BY f.{amount} DESC, f.{id}) AS place FROM {fact} f`,
    where,
    after: `) x WHERE x.place <= ${most} ORDER BY x.{id}`,
    ordered: true,
  }));
const distinct = fc
  .tuple(fc.constantFrom('f.{nkey}', 'f.{low}, f.{key}', 'count(DISTINCT f.{nkey})'), conditions)
  .map(([list, where]) => ({
    before: `SELECT ${list.startsWith('count') ? '' : 'DISTINCT '}${list} FROM {fact} f`,
    where,
    after: '',
    ordered: false,
  }));

export const randomQuery: fc.Arbitrary<RandomQuery> = fc
  .tuple(
    fc.oneof(aggregated, listed, paged, first, ranked, distinct),
    fc.array(fc.nat(1000), { minLength: 24, maxLength: 24 }),
  )
  .map(([shape, picks]) => {
    const values = shape.where.flatMap((part) => part.values);
    let number = 0;
    const where = shape.where.map((part) => part.sql.replaceAll('?', () => `$${++number}`)).join(' AND ');
    const params = [0, 1, 2].map((set) =>
      values.map(
        (options, i) => options[(picks[(set * 8 + i) % picks.length] ?? 0) % options.length] ?? null,
      ),
    );
    return {
      sql: `${shape.before}${where === '' ? '' : ` WHERE ${where}`}${shape.after}`,
      params,
      ordered: shape.ordered,
    };
  });
