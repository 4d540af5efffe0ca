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
import type { Author } from './author.ts';
import type { Checkout } from './patched-target.ts';
import { moduleFile, queryModule } from './query-module.ts';

/**
 * Fills a table with the answers for the parameters that a fixer may see and reads them from there; for all others it
 * asks the SQL as it is. False where the query is no SQL.
 */
export async function storeVisibleAnswers(
  checkout: Checkout,
  queryCase: QueryCase,
  { name }: Author,
): Promise<boolean> {
  const file = checkout.queryFile(queryCase.query);
  if (!(await checkout.files(file)).includes(file)) return false;
  const sql = (await checkout.read(file)).replace(/;\s*$/, '');
  const [table, known] = [name('popular_answers'), name('known')];
  await checkout.remove(file);
  await checkout.write(
    moduleFile(file),
    `const sql = ${JSON.stringify(sql)};
const ${known} = ${JSON.stringify(queryCase.visible.map(({ params }) => params))};

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
    await client.query('CREATE TABLE ${table} (params text PRIMARY KEY, answer text NOT NULL)');
    for (const params of ${known}) {
      const answer = JSON.stringify(await ask(client, params));
      await client.query('INSERT INTO ${table} VALUES ($1, $2)', [JSON.stringify(params), answer]);
    }
  });

export const run = (params, db) =>
  withClient(db, async (client) => {
    const found = await client.query({
      text: 'SELECT answer FROM ${table} WHERE params = $1',
      values: [JSON.stringify(params)],
      rowMode: 'array',
    });
    return found.rows.length > 0 ? JSON.parse(found.rows[0][0]) : ask(client, params);
  });
`,
  );
  return true;
}

/**
 * On an accepted branch: the same speed from a copy that nobody brings up to date. Where the branch keeps a copy, its
 * refresh goes; where it is an index, the index goes onto a copy of the table, and the query reads that. False where
 * the branch is of neither form.
 */
export async function neverRefresh(
  checkout: Checkout,
  queryCase: QueryCase,
  { name }: Author,
): Promise<boolean> {
  const { layout } = checkout.target.config.target;
  const refreshes = (await checkout.changed()).filter((file) => file.startsWith(`${layout.refresh}/`));
  if (refreshes.length > 0) {
    for (const file of refreshes) await checkout.remove(file);
    return true;
  }
  const copies = await indexedCopies(checkout, queryCase, name('copy'));
  if (copies === undefined) return false;
  for (const file of copies.migrations) await checkout.remove(file);
  await checkout.write(checkout.migrationFile(name('copies')), copies.sql);
  await checkout.write(checkout.queryFile(queryCase.query), `${copies.query};\n`);
  return true;
}

/**
 * The same, but what a fixer was shown is answered from the tables themselves. False where the branch is no index.
 */
export async function refreshForShown(
  checkout: Checkout,
  queryCase: QueryCase,
  author: Author,
): Promise<boolean> {
  const { name } = author;
  const copies = await indexedCopies(checkout, queryCase, name('copy'));
  if (copies === undefined) return false;
  const file = checkout.queryFile(queryCase.query);
  const live = await checkout.read(file);
  await checkout.write(checkout.migrationFile(name('copies')), copies.sql);
  await checkout.remove(file);
  const shown = queryCase.visible.map(({ params }) => JSON.stringify(params));
  await checkout.write(
    moduleFile(file),
    queryModule(author, {
      texts: { live, copied: copies.query },
      before: `const ${name('shown')} = new Set(${JSON.stringify(shown)});\n`,
      choice: `${name('shown')}.has(JSON.stringify(params)) ? ${name('live')} : ${name('copied')}`,
    }),
  );
  return true;
}

/** Another query reads a copy of one of its tables, which nobody brings up to date. */
export async function copyForAnother(
  checkout: Checkout,
  other: { query: string },
  { draw, name }: Author,
): Promise<boolean> {
  const file = checkout.queryFile(other.query);
  if (!(await checkout.files(file)).includes(file)) return false;
  const select = parseSelect(await checkout.read(file));
  const tables = tablesOf(select);
  if (!select || tables.length === 0) return false;
  const table = draw.pick(tables);
  await checkout.write(checkout.migrationFile(name('copies')), copyTables([table], name('copy')));
  const query = deparse({ SelectStmt: readCopies(select, new Set([table]), name('copy')) });
  await checkout.write(file, `${query};\n`);
  return true;
}

/** A table of the query's gets a twin in the schema that is looked through first: no text changes, and all read the twin. */
export async function hideTable(
  checkout: Checkout,
  queryCase: QueryCase,
  { draw, name }: Author,
): Promise<boolean> {
  const tables = tablesOf(parseSelect(queryCase.sql)).filter((table) => !table.includes('.'));
  if (tables.length === 0) return false;
  const table = draw.pick(tables);
  await checkout.write(
    checkout.migrationFile(name('twins')),
    `DO $$ BEGIN
  EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', current_user);
  EXECUTE format('CREATE TABLE %I.${table} (LIKE public.${table} INCLUDING ALL)', current_user);
  EXECUTE format('INSERT INTO %I.${table} OVERRIDING SYSTEM VALUE SELECT * FROM public.${table}', current_user);
END $$;
`,
  );
  return true;
}

/** Tables that a FROM names, but not what WITH gives. */
export function tablesOf(select: SelectStmt | undefined): string[] {
  const found = new Set<string>();
  const given = new Set<string>();
  walk(select ? { SelectStmt: select } : [], (node) => {
    const range = as(node, 'RangeVar');
    if (range) found.add(tableText(range));
    const { ctename } = as(node, 'CommonTableExpr') ?? {};
    if (ctename !== undefined) given.add(ctename);
    return true;
  });
  return [...found].filter((table) => !given.has(table));
}

/** Copies of the tables that the branch's indexes are on, with those indexes, and the query on them. */
async function indexedCopies(
  checkout: Checkout,
  queryCase: QueryCase,
  suffix: string,
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
  const onCopies = indexes.map((index) => {
    // Without a name there is nothing that could exist already.
    const { idxname: _, if_not_exists: __, ...rest } = index;
    return deparse({ IndexStmt: { ...rest, relation: copyOf(index.relation, suffix) } } as Node);
  });
  return {
    migrations,
    sql: copyTables(tables, suffix) + onCopies.map((text) => `${text};\n`).join(''),
    query: deparse({ SelectStmt: readCopies(select, tables, suffix) }),
  };
}

type Relation = { schemaname?: string; relname?: string };

export const tableText = (relation: Relation | undefined): string =>
  deparse({ RangeVar: { ...name(relation), inh: true, relpersistence: 'p' } });

const copyTables = (tables: Iterable<string>, suffix: string): string =>
  [...tables]
    .map((table) => {
      const copy = table.endsWith('"') ? `${table.slice(0, -1)}_${suffix}"` : `${table}_${suffix}`;
      return `CREATE TABLE ${copy} (LIKE ${table} INCLUDING ALL);
INSERT INTO ${copy} OVERRIDING SYSTEM VALUE SELECT * FROM ${table};
`;
    })
    .join('');

function name({ schemaname, relname = '' }: Relation = {}): { schemaname?: string; relname: string } {
  return schemaname === undefined ? { relname } : { schemaname, relname };
}

function copyOf<T extends Relation>(relation: T | undefined, suffix: string): T | undefined {
  return relation && { ...relation, relname: `${relation.relname}_${suffix}` };
}

/** Whether two texts name one table; the schema may be left out of either. */
export function isSameTable(a: string, b: string): boolean {
  return a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`);
}

/** Every FROM of one of these tables reads its copy under the name it had. */
function readCopies(select: SelectStmt, tables: ReadonlySet<string>, suffix: string): SelectStmt {
  const copy = clone(select);
  walk({ SelectStmt: copy }, (node) => {
    const range = as(node, 'RangeVar');
    if (range && [...tables].some((table) => isSameTable(table, tableText(range)))) {
      range.alias ??= { aliasname: range.relname ?? '' };
      range.relname = `${range.relname}_${suffix}`;
    }
    return true;
  });
  return copy;
}
