import type { ResultSet } from '../../datasets/cases/rows.ts';
import type { Params } from '../../datasets/patterns/pattern.ts';
import { quoteIdentifier, quoteLiteral } from '../target/quote.ts';
import type { SqlClient } from '../target/sql-client.ts';
import { inRollback, replay, tryStatement } from './in-rollback.ts';
import { isDatabaseError, type Reference, referenceRows } from './reference.ts';
import { qualified, type ScannedTable, scannedTables } from './scanned-tables.ts';

/** Writes on the system of record after which the query's right answer is another one. */
export interface SensitiveWrites {
  statements: string[];
  reference: Reference;
  /** Tables that the query reads whose part of the writes does not change the answer: a stale copy of them would not show. */
  untold: string[];
}

interface TableShape {
  table: ScannedTable;
  columns: { name: string; category: 'number' | 'time' | 'other'; type: string; key: boolean }[];
  key: string[];
}

type Row = Record<string, string | null>;

/** How many rows each attempt touches: few are enough for most queries, rare answers need more. */
const ATTEMPTS = [6, 40, 250];

/** Rows of the answer that are looked up in each table. */
const ANSWER_ROWS = 6;

const STATEMENT_LIMIT_MS = 30_000;

/**
 * Looks for writes that change this query's answer: rows that the query reads are deleted, copied under new keys,
 * overwritten with another row's values and moved beyond the extremes. Each table's part must matter by itself, since a
 * copy may be of one table alone: where it does not, more of its rows are tried. All is rolled back; the statements are
 * literal, so that both arms get the same. Undefined where no attempt changed the answer.
 */
export async function findWrites(
  sql: SqlClient,
  query: { sql: string; ordered: boolean },
  params: Params,
  before: Reference,
): Promise<SensitiveWrites | undefined> {
  const tables = await scannedTables(sql, query.sql, params);
  const attempts = new Map(tables.map((table) => [table, 0]));
  const answer = () =>
    referenceRows(sql, query.sql, params, { ordered: query.ordered, limitMs: STATEMENT_LIMIT_MS });
  for (;;) {
    const writes = new Map<ScannedTable, string[]>();
    const after = await inRollback(sql, async () => {
      for (const [table, attempt] of attempts)
        writes.set(table, await writeTo(sql, table, before.result, ATTEMPTS[attempt] ?? 0));
      return answer();
    });
    const without = async (table: ScannedTable): Promise<Reference | undefined> => {
      const others = tables.filter((one) => one !== table).flatMap((one) => writes.get(one) ?? []);
      // Without the writes of a lone table the answer is the one before.
      return others.length === 0 ? before : inRollback(sql, () => replay(sql, others).then(answer));
    };
    const untold: ScannedTable[] = [];
    for (const table of tables)
      if (after === undefined || (await without(table))?.sha256 === after.sha256) untold.push(table);
    const growing = untold.filter((table) => (attempts.get(table) ?? 0) + 1 < ATTEMPTS.length);
    if (growing.length > 0) {
      for (const table of growing) attempts.set(table, (attempts.get(table) ?? 0) + 1);
      continue;
    }
    if (after === undefined || after.sha256 === before.sha256) return undefined;
    return { statements: [...writes.values()].flat(), reference: after, untold: untold.map(qualified) };
  }
}

/** Writes to one table and gives the statements that the database took. */
async function writeTo(
  sql: SqlClient,
  table: ScannedTable,
  before: ResultSet,
  rows: number,
): Promise<string[]> {
  const taken: string[] = [];
  for (const statement of await draftWrites(sql, await readShape(sql, table), before, rows))
    if (await tryStatement(sql, statement)) taken.push(statement);
  return taken;
}

async function readShape(sql: SqlClient, table: ScannedTable): Promise<TableShape> {
  const rows = await sql.objects<{ name: string; category: string; type: string; key: string }>(
    `SELECT a.attname AS name, t.typcategory AS category, format_type(a.atttypid, a.atttypmod) AS type,
            coalesce(a.attnum = ANY (i.indkey), false)::text AS key
       FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
       LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
      WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      ORDER BY a.attnum`,
    [qualified(table)],
  );
  const columns = rows.map((row) => ({
    name: row.name,
    category:
      row.category === 'N'
        ? ('number' as const)
        : row.category === 'D'
          ? ('time' as const)
          : ('other' as const),
    type: row.type,
    key: row.key === 'true',
  }));
  return { table, columns, key: columns.filter((column) => column.key).map((column) => column.name) };
}

/** Statements over rows that the query reads, or any rows where that is unknown. */
async function draftWrites(
  sql: SqlClient,
  shape: TableShape,
  answer: ResultSet,
  count: number,
): Promise<string[]> {
  const { table, columns, key } = shape;
  const others = await sampleRows(sql, table, undefined, count);
  const source = [...(await answerRows(sql, shape, answer)), ...(await readRows(sql, table, others, count))];
  if (source.length === 0) return [];
  const extremes = await readExtremes(sql, shape);
  const fresh = freshKeys(shape, extremes);
  const statements: string[] = [];
  const insert = (row: Row) => {
    const names = columns.map((column) => quoteIdentifier(column.name)).join(', ');
    const values = columns.map((column) => quoteLiteral(row[column.name] ?? null)).join(', ');
    statements.push(`INSERT INTO ${qualified(table)} (${names}) OVERRIDING SYSTEM VALUE VALUES (${values})`);
  };
  source.forEach((row, at) => {
    // Unequal shares, so that a count cannot come out the same: a third copied, a third overwritten, a sixth deleted.
    const place = at % 6;
    const other = others[(at * 7 + 3) % Math.max(1, others.length)] ?? row;
    if (place < 2) {
      insert({ ...row, ...fresh() });
    } else if (place === 2) {
      for (const change of singleChanges(shape, extremes, row)) insert({ ...row, ...change, ...fresh() });
    } else if (key.length > 0 && place < 5) {
      const changes = columns.filter((column) => !column.key && row[column.name] !== other[column.name]);
      if (changes.length === 0) return;
      const set = changes.map(
        (column) => `${quoteIdentifier(column.name)} = ${quoteLiteral(other[column.name] ?? null)}`,
      );
      statements.push(`UPDATE ${qualified(table)} SET ${set.join(', ')} WHERE ${byKey(key, row)}`);
    } else if (key.length > 0) {
      statements.push(`DELETE FROM ${qualified(table)} WHERE ${byKey(key, row)}`);
    }
  });
  return statements;
}

/** Rows of the table that the answer shows, as far as columns of the same name tell. */
async function answerRows(sql: SqlClient, { table, columns }: TableShape, answer: ResultSet): Promise<Row[]> {
  const shared = answer.columns
    .map((name, at) => ({ name, at }))
    .filter(({ name }) => columns.some((column) => column.name === name));
  if (shared.length === 0) return [];
  const found: Row[] = [];
  for (const row of answer.rows.slice(0, ANSWER_ROWS)) {
    const same = shared.map(({ name, at }) => {
      const value = row[at];
      return `${quoteIdentifier(name)} IS NOT DISTINCT FROM ${quoteLiteral(value == null ? null : String(value))}`;
    });
    const filter = same.join(' AND ');
    found.push(...(await sampleRows(sql, table, filter, 1)));
  }
  return found;
}

/** Rows that the plan's conditions leave, by the sharpest that leaves any; `others` where none does. */
async function readRows(
  sql: SqlClient,
  table: ScannedTable,
  others: readonly Row[],
  count: number,
): Promise<readonly Row[]> {
  for (const filter of table.filters) {
    const rows = await sampleRows(sql, table, filter, count);
    if (rows.length > 0) return rows;
  }
  return others;
}

async function sampleRows(
  sql: SqlClient,
  table: ScannedTable,
  filter: string | undefined,
  count: number,
): Promise<Row[]> {
  const select = `SELECT * FROM ${qualified(table)} AS ${quoteIdentifier(table.alias)}`;
  if (filter === undefined) return sql.objects(`${select} LIMIT ${count}`);
  await sql.run('SAVEPOINT sample');
  try {
    return await sql.objects(`${select} WHERE ${filter} LIMIT ${count}`);
  } catch (error) {
    // A condition of the plan may be more than SQL can say of the table alone.
    if (!isDatabaseError(error)) throw error;
    await sql.run('ROLLBACK TO sample');
    return [];
  }
}

/** The largest value of each number's column as text, and of each time's column the value a day later. */
async function readExtremes(sql: SqlClient, { table, columns }: TableShape): Promise<Row> {
  const list = columns
    .filter(({ category, type }) => category !== 'other' && !/^(time|interval)\b/.test(type))
    .map(({ name, category, type }) => {
      const column = quoteIdentifier(name);
      const value = category === 'number' ? `max(${column})` : `(max(${column}) + interval '1 day')::${type}`;
      return `${value}::text AS ${column}`;
    });
  if (list.length === 0) return {};
  return (await sql.objects<Row>(`SELECT ${list.join(', ')} FROM ${qualified(table)}`))[0] ?? {};
}

/**
 * One change each, so that a row stays where the query looks for it by its other columns: numbers and times past the
 * end of their column (what asks for the latest or largest sees them), texts that no row has (what counts them sees one
 * more).
 */
function singleChanges({ columns }: TableShape, extremes: Row, row: Row): Row[] {
  return columns.flatMap(({ name, key, category, type }) => {
    if (key) return [];
    const largest = extremes[name];
    if (category === 'number' && largest != null) return [{ [name]: plus(largest, 1) }];
    if (category === 'time' && largest != null) return [{ [name]: largest }];
    if (/^(text|character varying)/.test(type) && row[name] != null) return [{ [name]: `${row[name]}~` }];
    return [];
  });
}

function freshKeys({ columns, key }: TableShape, extremes: Row): () => Row {
  let next = 0;
  const numberKey = columns.find((column) => column.key && column.category === 'number');
  return () => {
    next += 1;
    if (numberKey) return { [numberKey.name]: plus(extremes[numberKey.name] ?? '0', next) };
    const [first] = key;
    return first === undefined ? {} : { [first]: `new-${next}` };
  };
}

const plus = (value: string, by: number): string =>
  /^-?\d+$/.test(value) ? (BigInt(value) + BigInt(by)).toString() : String(Number(value) + by);

const byKey = (key: readonly string[], row: Row): string =>
  key.map((name) => `${quoteIdentifier(name)} = ${quoteLiteral(row[name] ?? null)}`).join(' AND ');
