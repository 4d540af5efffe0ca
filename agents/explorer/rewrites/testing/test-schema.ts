import type pg from 'pg';
import type { Catalog, Column, Table } from '../../plan.ts';

/** A deterministic stream of numbers in [0, 1) (mulberry32). */
export function randomStream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface TestSchema {
  /** Quoted names by their role in the queries: `{fact}`, `{dim}`, `{id}`, `{key}`… */
  names: Record<string, string>;
  ddl: string[];
}

const WORDS = ['order', 'group', 'Select', 'user', 'limit', 'Foo Bar', 'end', 'table'];

/**
 * A fact table with NULLs, duplicates and ties, and a dimension, under random names, some of them mixed-case or
 * reserved. `share` of NULLs goes into each nullable column.
 */
export function makeTestSchema(seed: number, rows: number): TestSchema {
  const random = randomStream(seed);
  const roles = [
    'fact',
    'dim',
    'id',
    'key',
    'nkey',
    'low',
    'ts',
    'tz',
    'day',
    'amount',
    'n',
    'label',
    'doc',
    'ref',
    'nref',
    'name',
    'grp',
  ];
  const names: Record<string, string> = { schema: `s${Math.floor(random() * 1e6)}` };
  for (const [i, role] of roles.entries()) {
    const word = WORDS[i % WORDS.length] ?? 'x';
    const text =
      random() < 0.4
        ? `${word}${i}`
        : `${String.fromCharCode(97 + Math.floor(random() * 26))}${role.length}_${i}`;
    names[role] = `"${text}"`;
  }
  names['fact'] = `${names['schema']}.${names['fact']}`;
  names['dim'] = `${names['schema']}.${names['dim']}`;
  const fill = (sql: string) => fillNames(sql, names);
  const s = Math.floor(random() * 1e6) / 1e6;
  const ddl = [
    `CREATE SCHEMA ${names['schema']}`,
    fill('CREATE TABLE {dim} ({id} int PRIMARY KEY, {name} text NOT NULL UNIQUE, {grp} text)'),
    fill(`CREATE TABLE {fact} ({id} bigint PRIMARY KEY, {key} text NOT NULL, {nkey} int, {low} text NOT NULL, {ts} timestamp NOT NULL,
      {tz} timestamptz, {day} date NOT NULL, {amount} numeric(10,2), {n} int NOT NULL, {label} text, {doc} jsonb, {ref} int NOT NULL, {nref} int)`),
    `SELECT setseed(${s})`,
    fill(
      `INSERT INTO {dim} SELECT i, 'name ' || i, CASE WHEN random() < 0.2 THEN NULL ELSE 'g' || (i % 3) END FROM generate_series(1, 12) i`,
    ),
    fill(`INSERT INTO {fact} SELECT i, 'k' || floor(random() * 9), CASE WHEN random() < 0.15 THEN NULL ELSE floor(random() * 6)::int END,
      (ARRAY['a', 'b', 'B', 'c'])[1 + floor(random() * 4)::int],
      timestamp '2001-01-01' + floor(random() * 700) * interval '1 hour' + (CASE WHEN random() < 0.5 THEN interval '0' ELSE interval '17 minutes' END),
      CASE WHEN random() < 0.1 THEN NULL ELSE timestamptz '2001-01-01' + floor(random() * 9000) * interval '1 hour' END,
      date '2001-01-01' + floor(random() * 400)::int,
      CASE WHEN random() < 0.15 THEN NULL ELSE (floor(random() * 2000) / 100)::numeric(10, 2) END,
      floor(random() * 20)::int, CASE WHEN random() < 0.1 THEN NULL ELSE 'Label ' || floor(random() * 30) END,
      CASE WHEN random() < 0.1 THEN NULL ELSE jsonb_build_object('t', 't' || floor(random() * 4), 'v', floor(random() * 50), 'in', jsonb_build_object('c', 'c' || floor(random() * 3))) END,
      1 + floor(random() * 12)::int, CASE WHEN random() < 0.3 THEN NULL ELSE 1 + floor(random() * 14)::int END
      FROM generate_series(1, ${rows}) i`),
    fill('ANALYZE {fact}'),
    fill('ANALYZE {dim}'),
  ];
  return { names, ddl };
}

export function fillNames(sql: string, names: Readonly<Record<string, string>>): string {
  return sql.replaceAll(/\{(\w+)\}/g, (_, role: string) => {
    const name = names[role];
    if (name === undefined) throw new Error(`No name for ${role}`);
    return name;
  });
}

/** The catalogue of one schema, as the explorer would read it; `scale` multiplies the row counts of all but the
 * smallest tables, so that they count as big. */
export async function readTestCatalog(client: pg.Client, schema: string, scale: number): Promise<Catalog> {
  const tables: Table[] = [];
  const found = await client.query<{ name: string; rows: number }>(
    'SELECT relname AS name, greatest(reltuples, 0)::float8 AS rows FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = $2',
    [schema, 'r'],
  );
  for (const { name, rows } of found.rows) {
    const columns = await client.query<Column>(
      `SELECT a.attname AS name, t.typname AS type, a.attnotnull AS "notNull", s.n_distinct AS "nDistinct", s.correlation, s.null_frac AS "nullShare", s.avg_width AS "avgWidthBytes"
       FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_stats s ON s.schemaname = $1 AND s.tablename = $2 AND s.attname = a.attname
       WHERE a.attrelid = (quote_ident($1) || '.' || quote_ident($2))::regclass AND a.attnum > 0 ORDER BY a.attnum`,
      [schema, name],
    );
    const unique = await client.query<{ columns: string[]; primary: boolean }>(
      `SELECT indisprimary AS primary, (SELECT array_agg(a.attname::text ORDER BY k.ord) FROM unnest(indkey::int2[]) WITH ORDINALITY k(num, ord) JOIN pg_attribute a ON a.attrelid = indrelid AND a.attnum = k.num) AS columns
       FROM pg_index WHERE indisunique AND indrelid = (quote_ident($1) || '.' || quote_ident($2))::regclass`,
      [schema, name],
    );
    const primaryKey = unique.rows.find((row) => row.primary)?.columns ?? [];
    const counted = rows < 100 ? rows : rows * scale;
    tables.push({
      schema,
      name,
      rows: counted,
      bytes: counted * 100,
      columns: columns.rows,
      primaryKey,
      unique: unique.rows.map((row) => row.columns),
      indexes: [],
    });
  }
  return { tables, extensions: [], searchPath: [schema] };
}
