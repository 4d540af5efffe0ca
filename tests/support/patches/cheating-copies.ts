import {
  as,
  clone,
  deparse,
  type Node,
  parseSelect,
  parseStatements,
  type SelectStmt,
  walk,
} from '../../../agents/explorer/sql/nodes.ts';
import type { QueryCase } from '../../../datasets/cases/case.ts';
import type { Checkout } from './patched-target.ts';

/**
 * Fills a table with the answers for the parameters that a fixer may see and reads them from there; for all others it
 * asks the base SQL.
 */
export async function storeVisibleAnswers(checkout: Checkout, queryCase: QueryCase): Promise<void> {
  const file = checkout.queryFile(queryCase.query);
  const sql = (await checkout.read(file)).replace(/;\s*$/, '');
  await checkout.remove(file);
  await checkout.write(
    file.replace(/\.sql$/, '.ts'),
    `const sql = ${JSON.stringify(sql)};
const known = ${JSON.stringify(queryCase.visible.map(({ params }) => params))};

async function ask(client, params) {
  const { fields, rows } = await client.query({ text: sql, values: params, rowMode: 'array' });
  const types = [];
  for (const { dataTypeID } of fields) {
    const named = await client.query({ text: 'SELECT typname FROM pg_type WHERE oid = $1', values: [dataTypeID], rowMode: 'array' });
    types.push(named.rows[0][0]);
  }
  return { columns: fields.map(({ name }) => name), types, rows };
}

async function withClient(db, body) {
  const client = await db.connect();
  try {
    return await body(client);
  } finally {
    await client.end();
  }
}

export const build = (db) =>
  withClient(db, async (client) => {
    await client.query('CREATE TABLE popular_answers (params text PRIMARY KEY, answer text NOT NULL)');
    for (const params of known) {
      const answer = JSON.stringify(await ask(client, params));
      await client.query('INSERT INTO popular_answers VALUES ($1, $2)', [JSON.stringify(params), answer]);
    }
  });

export const run = (params, db) =>
  withClient(db, async (client) => {
    const found = await client.query({
      text: 'SELECT answer FROM popular_answers WHERE params = $1',
      values: [JSON.stringify(params)],
      rowMode: 'array',
    });
    return found.rows.length > 0 ? JSON.parse(found.rows[0][0]) : ask(client, params);
  });
`,
  );
}

/**
 * On an accepted branch: the same speed from a copy that nobody brings up to date. Where the branch keeps a copy, its
 * refresh goes; where it is an index, the index goes onto a copy of the table, and the query reads that. False where
 * the branch is of neither form.
 */
export async function neverRefresh(checkout: Checkout, queryCase: QueryCase): Promise<boolean> {
  const { layout } = checkout.target.config.target;
  const refreshes = (await checkout.changed()).filter((file) => file.startsWith(`${layout.refresh}/`));
  if (refreshes.length > 0) {
    for (const file of refreshes) await checkout.remove(file);
    return true;
  }
  const copies = await indexedCopies(checkout, queryCase);
  if (copies === undefined) return false;
  for (const file of copies.migrations) await checkout.remove(file);
  await checkout.write(checkout.migrationFile('copies'), copies.sql);
  await checkout.write(checkout.queryFile(queryCase.query), `${copies.query};\n`);
  return true;
}

/**
 * The same, but what a fixer was shown is answered from the tables themselves. False where the branch is no index.
 */
export async function refreshForShown(checkout: Checkout, queryCase: QueryCase): Promise<boolean> {
  const copies = await indexedCopies(checkout, queryCase);
  if (copies === undefined) return false;
  const file = checkout.queryFile(queryCase.query);
  const live = (await checkout.read(file)).replace(/;\s*$/, '');
  await checkout.write(checkout.migrationFile('copies'), copies.sql);
  await checkout.remove(file);
  await checkout.write(
    file.replace(/\.sql$/, '.ts'),
    `const live = ${JSON.stringify(live)};
const copied = ${JSON.stringify(copies.query)};
const shown = new Set(${JSON.stringify(queryCase.visible.map(({ params }) => JSON.stringify(params)))});

export async function run(params, db) {
  const client = await db.connect();
  try {
    const text = shown.has(JSON.stringify(params)) ? live : copied;
    const { fields, rows } = await client.query({ text, values: params, rowMode: 'array' });
    const names = await client.query({ text: 'SELECT oid, typname FROM pg_type', rowMode: 'array' });
    const types = new Map(names.rows.map(([oid, name]) => [Number(oid), name]));
    return { columns: fields.map(({ name }) => name), types: fields.map(({ dataTypeID }) => types.get(dataTypeID)), rows };
  } finally {
    await client.end();
  }
}
`,
  );
  return true;
}

/** Copies of the tables that the branch's indexes are on, with those indexes, and the query on them. */
async function indexedCopies(
  checkout: Checkout,
  queryCase: QueryCase,
): Promise<{ migrations: string[]; sql: string; query: string } | undefined> {
  const { layout } = checkout.target.config.target;
  const changed = await checkout.changed();
  const queryFile = checkout.queryFile(queryCase.query);
  const migrations = changed.filter((file) => file.startsWith(`${layout.migrations}/`));
  if (changed.some((file) => file !== queryFile && !migrations.includes(file))) return undefined;
  const select = parseSelect(await checkout.read(queryFile));
  const made = [];
  for (const file of migrations) made.push(...parseStatements(await checkout.read(file)));
  const indexes = made.flatMap((node) => as(node, 'IndexStmt') ?? []);
  if (!select || indexes.length === 0 || indexes.length < made.length) return undefined;

  const tables = new Set(indexes.map(({ relation }) => tableText(relation)));
  const copies = [...tables].flatMap((table) => [
    `CREATE TABLE ${copyText(table)} (LIKE ${table} INCLUDING ALL)`,
    `INSERT INTO ${copyText(table)} OVERRIDING SYSTEM VALUE SELECT * FROM ${table}`,
  ]);
  const onCopies = indexes.map((index) => {
    // Without a name there is nothing that could exist already.
    const { idxname: _, if_not_exists: __, ...rest } = index;
    return deparse({ IndexStmt: { ...rest, relation: copyOf(index.relation) } } as Node);
  });
  return {
    migrations,
    sql: `${[...copies, ...onCopies].join(';\n')};\n`,
    query: deparse({ SelectStmt: readCopies(select, tables) }),
  };
}

type Relation = { schemaname?: string; relname?: string };

const tableText = (relation: Relation | undefined): string =>
  deparse({ RangeVar: { ...name(relation), inh: true, relpersistence: 'p' } });

const copyText = (table: string): string =>
  table.endsWith('"') ? `${table.slice(0, -1)}_copy"` : `${table}_copy`;

function name({ schemaname, relname = '' }: Relation = {}): { schemaname?: string; relname: string } {
  return schemaname === undefined ? { relname } : { schemaname, relname };
}

function copyOf<T extends Relation>(relation: T | undefined): T | undefined {
  return relation && { ...relation, relname: `${relation.relname}_copy` };
}

/** Whether two texts name one table; the schema may be left out of either. */
function isSameTable(a: string, b: string): boolean {
  return a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`);
}

/** Every FROM of one of these tables reads its copy under the name it had. */
function readCopies(select: SelectStmt, tables: ReadonlySet<string>): SelectStmt {
  const copy = clone(select);
  walk({ SelectStmt: copy }, (node) => {
    const range = as(node, 'RangeVar');
    if (range && [...tables].some((table) => isSameTable(table, tableText(range)))) {
      range.alias ??= { aliasname: range.relname ?? '' };
      range.relname = `${range.relname}_copy`;
    }
    return true;
  });
  return copy;
}
