import { sha256 } from '../../../datasets/sha256.ts';
import type { Catalog, Table } from '../plan.ts';
import type { Expression } from '../sql/analysed-query.ts';
import { ident } from '../sql/nodes.ts';

export interface IndexKey {
  /** As CREATE INDEX takes it: a column, or an expression in parentheses, with operator class and direction. */
  sql: string;
  /** Columns it is made of, for names and for what a covering index still lacks. */
  columns: string[];
  /** It is a bare column, so that an index-only scan can answer from it. */
  plain: boolean;
}

/** One index over one table, before it has a name. */
export interface IndexDesign {
  table: Table;
  method: 'btree' | 'brin' | 'hash' | 'gin';
  keys: IndexKey[];
  include: string[];
  /** Predicate of a partial index. */
  where: string | null;
  /** Storage parameters, as in WITH (…). */
  options: string | null;
  /** Extension that the operator class comes from. */
  extension: string | null;
  /** The idea that made it, for people. */
  idea: string;
}

export function key(sql: string, columns: string[], plain: boolean): IndexKey {
  return { sql, columns, plain };
}

export function columnKey(name: string): IndexKey {
  return key(ident(name), [name], true);
}

/** The key that serves an expression, or null where no index can hold it. */
export function keyOf(expression: Expression): IndexKey | null {
  if (expression.indexSql === null) return null;
  const columns = [...new Set(expression.columns.map(({ name }) => name))];
  return key(expression.indexSql, columns, expression.column !== null);
}

export function btree(
  table: Table,
  keys: IndexKey[],
  idea: string,
  where: string | null = null,
): IndexDesign {
  return { table, method: 'btree', keys, include: [], where, options: null, extension: null, idea };
}

/** A table as the target's own statements would name it: without its schema where search_path finds it. */
export function tableName(table: Table, catalog: Catalog): string {
  const visible = catalog.searchPath.find((schema) =>
    catalog.tables.some((other) => other.schema === schema && other.name === table.name),
  );
  return visible === table.schema ? ident(table.name) : `${ident(table.schema)}.${ident(table.name)}`;
}

/** What follows the table's name: equal for two designs exactly when they are the same index. */
export function bodyOf(design: IndexDesign): string {
  const parts = design.method === 'btree' ? [] : [`USING ${design.method}`];
  parts.push(`(${design.keys.map(({ sql }) => sql).join(', ')})`);
  if (design.include.length > 0) parts.push(`INCLUDE (${design.include.map(ident).join(', ')})`);
  if (design.options !== null) parts.push(`WITH (${design.options})`);
  if (design.where !== null) parts.push(`WHERE ${design.where}`);
  return parts.join(' ');
}

export function identityOf(design: IndexDesign): string {
  return `${design.table.schema}.${design.table.name} ${bodyOf(design)}`;
}

/** What people read in the matrix: `btree orders (a, b) INCLUDE (c)`. */
export function labelOf(design: IndexDesign): string {
  return `${design.method} ${design.table.name} ${bodyOf(design).replace(/^USING \w+ /, '')}`;
}

/** At most 63 bytes, from the table and its columns; a short hash follows where that name is taken or cut. */
function indexName(design: IndexDesign, catalog: Catalog): string {
  const columns = [...new Set(design.keys.flatMap((part) => part.columns))];
  const marks = [
    ...(design.method === 'btree' ? [] : [design.method]),
    ...(design.keys.every((part) => part.plain || design.method === 'gin') ? [] : ['expr']),
    ...(design.keys.some((part) => part.sql.endsWith('DESC')) ? ['desc'] : []),
    ...(design.include.length > 0 ? ['covering'] : []),
    ...(design.where === null ? [] : ['partial']),
  ];
  const words = [design.table.name, ...columns, ...marks].map((word) =>
    word.toLowerCase().replace(/[^a-z0-9_]+/g, '_'),
  );
  const name = `${words.join('_')}_idx`;
  const taken = catalog.tables.some((table) => table.indexes.some((index) => index.name === name));
  if (name.length <= 63 && !taken) return name;
  const hash = sha256(identityOf(design)).slice(0, 6);
  return `${words.join('_').slice(0, 52)}_${hash}_idx`;
}

/** The statements of a migration that builds the index. */
export function ddlOf(design: IndexDesign, catalog: Catalog): string[] {
  const extension =
    design.extension === null ? [] : [`CREATE EXTENSION IF NOT EXISTS ${ident(design.extension)}`];
  return [...extension, createIndex(design, catalog)];
}

export function createIndex(design: IndexDesign, catalog: Catalog): string {
  return `CREATE INDEX ${ident(indexName(design, catalog))} ON ${tableName(design.table, catalog)} ${bodyOf(design)}`;
}
