import type { Column } from '../plan.ts';
import type { Block, ColumnUse, Expression, Source } from '../sql/analysed-query.ts';
import type { Node } from '../sql/nodes.ts';
import { ident } from '../sql/nodes.ts';
import { column, createIndex, direction, tableName, whereText } from './block-text.ts';

/** The rows of a table in a block without joins, as a loose index scan reads them. */
export interface LooseInput {
  source: Source;
  /** Conjuncts that an index prefix can serve: equality of a plain column with something constant. */
  prefix: { column: string; node: Node }[];
  /** All conjuncts of WHERE. */
  conditions: Node[];
}

/** Values per key below which jumping from key to key no longer beats reading everything. */
const FEWEST_ROWS_PER_KEY = 20;

/** The block's one table with its conditions, or null where the block is anything else. */
export function looseInput(block: Block): LooseInput | null {
  const source = block.sources[0];
  if (
    block.sources.length !== 1 ||
    source?.kind !== 'table' ||
    block.setOperation ||
    block.select.lockingClause !== undefined
  )
    return null;
  const conditions = block.predicates.map((predicate) => predicate.whole.node);
  const prefix = block.predicates.flatMap((predicate) => {
    const name = predicate.operator === '=' ? predicate.on?.column?.name : undefined;
    const constant = predicate.values.every(
      (value) => value.columns.every((use) => use.outer) && !value.unresolved,
    );
    return name !== undefined && constant ? [{ column: name, node: predicate.whole.node }] : [];
  });
  return { source, prefix, conditions };
}

/** Distinct values as a count, from pg_stats' two notations; null where never analysed. */
export function distinctCount(column: Column, rows: number): number | null {
  if (column.nDistinct === null) return null;
  return column.nDistinct >= 0 ? column.nDistinct : -column.nDistinct * rows;
}

/** True where a loose scan over these plain columns of the input can be written and may pay. */
export function canJump(
  input: LooseInput,
  keys: readonly (ColumnUse | null)[],
): keys is readonly ColumnUse[] {
  const table = input.source.table;
  if (keys.length === 0 || table === null) return false;
  let combinations = 1;
  for (const key of keys) {
    if (key?.column == null || key.source !== input.source) return false;
    if (keys.length > 1 && !key.column.notNull) return false;
    combinations *= distinctCount(key.column, table.rows) ?? 1;
  }
  return combinations * FEWEST_ROWS_PER_KEY <= table.rows || table.rows === 0;
}

/**
 * A SELECT of the distinct keys that are not NULL, as `k1`, `k2`…: each step of the recursion is one descent of an
 * index on the prefix's columns followed by the keys.
 */
export function looseKeys(input: LooseInput, keys: readonly ColumnUse[], name: string): string {
  const { source } = input;
  const from = `${tableName(source.table ?? missing())} AS ${ident(source.alias)}`;
  const columns = keys.map((key) => column(source, key.name));
  const list = columns.map((text, i) => `${text} AS k${i + 1}`).join(', ');
  const order = ` ORDER BY ${columns.join(', ')} LIMIT 1`;
  const prefix = input.prefix.map((part) => part.node);
  const previous = keys.map((_, i) => `${name}.k${i + 1}`);
  const after =
    keys.length === 1
      ? `${columns[0]} > ${previous[0]}`
      : `(${columns.join(', ')}) > (${previous.join(', ')})`;
  const notNull = keys.flatMap((key) =>
    key.column?.notNull ? [] : [`${column(source, key.name)} IS NOT NULL`],
  );
  const first = `SELECT ${list} FROM ${from}${whereText([...prefix, ...notNull])}${order}`;
  const next = `SELECT ${list} FROM ${from}${whereText([...prefix, after])}${order}`;
  const names = keys.map((_, i) => `${name}n.k${i + 1}`).join(', ');
  return `WITH RECURSIVE ${name} AS ((${first}) UNION ALL SELECT ${names} FROM ${name} CROSS JOIN LATERAL (${next}) AS ${name}n) SELECT * FROM ${name}`;
}

/** The index that the loose scan and the first rows of each key need. */
export function looseIndex(
  input: LooseInput,
  keys: readonly ColumnUse[],
  then: readonly { expression: Expression; descending: boolean; nullsFirst: boolean }[],
): string[] {
  const table = input.source.table ?? missing();
  const parts = [
    ...new Set([...input.prefix.map((part) => ident(part.column)), ...keys.map((key) => ident(key.name))]),
  ];
  for (const key of then) {
    const text = key.expression.indexSql;
    if (text === null) break;
    if (!parts.includes(text)) parts.push(`${text}${direction(key)}`);
  }
  return [createIndex(tableName(table), `${table.name}_${keys[0]?.name ?? ''}`, parts)];
}

function missing(): never {
  throw new Error('A loose scan needs a table of the catalogue');
}
