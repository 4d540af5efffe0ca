import { sha256 } from '../../../datasets/sha256.ts';
import type { Table } from '../plan.ts';
import type { AnalysedQuery, Block, SortKey, Source } from '../sql/analysed-query.ts';
import type { Node, SelectStmt } from '../sql/nodes.ts';
import {
  as,
  conjunction,
  deparse,
  deparseSelect,
  format,
  ident,
  parseSelect,
  substitute,
} from '../sql/nodes.ts';

/** The whole query with one block replaced by SQL text; the block's own CTEs stay in front of it. */
export function withBlock(query: AnalysedQuery, block: Block, sql: string): string {
  return withBlocks(query, new Map([[block, sql]]));
}

/** As `withBlock`, for blocks none of which lies within another. */
export function withBlocks(query: AnalysedQuery, texts: ReadonlyMap<Block, string>): string {
  const parts = new Map<unknown, unknown>();
  for (const [block, sql] of texts) {
    const made = selectOf(sql);
    const clause = block.select.withClause;
    parts.set(block.select, clause ? { ...made, withClause: clause } : made);
  }
  return withParts(query, parts);
}

/** The whole query with parts replaced, found by identity. */
export function withParts(query: AnalysedQuery, parts: ReadonlyMap<unknown, unknown>): string {
  return format(substitute(query.select, parts));
}

function selectOf(sql: string): SelectStmt {
  const select = parseSelect(sql);
  if (select === undefined) throw new Error(`A rewrite made something that is not a SELECT: ${sql}`);
  return select;
}

export function nodeOf(sql: string): Node {
  return { SelectStmt: selectOf(sql) };
}

/** Text after FROM. */
export function fromText(block: Block): string {
  return deparseSelect({
    targetList: [star()],
    fromClause: block.select.fromClause ?? [],
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
  }).slice('SELECT * FROM '.length);
}

function star(): Node {
  return { ResTarget: { val: { ColumnRef: { fields: [{ A_Star: {} }] } } } };
}

export function conditionText(nodes: readonly Node[]): string {
  const whole = conjunction(nodes);
  return whole === undefined ? '' : deparse(whole);
}

export function whereText(nodes: readonly (Node | string)[]): string {
  const parts = nodes.map((node) => (typeof node === 'string' ? node : parenthesised(node)));
  return parts.length === 0 ? '' : ` WHERE ${parts.join(' AND ')}`;
}

function parenthesised(node: Node): string {
  return as(node, 'BoolExpr') ? `(${deparse(node)})` : deparse(node);
}

export function limitText(block: Block): string {
  const count = block.limit === null ? '' : ` LIMIT ${block.limit.sql}`;
  return block.offset === null ? count : `${count} OFFSET ${block.offset.sql}`;
}

/** `expression AS name` for each output, so that names stay what they were. */
export function outputText(block: Block): string {
  return block.outputs.map((output) => `${output.expression.sql} AS ${label(output.name)}`).join(', ');
}

/** A name after AS: `?column?` and the like are quoted. */
export function label(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? ident(name) : `"${name.replaceAll('"', '""')}"`;
}

export function tableName(table: Table): string {
  return `${ident(table.schema)}.${ident(table.name)}`;
}

export function column(source: Source | string, name: string): string {
  return `${ident(typeof source === 'string' ? source : source.alias)}.${ident(name)}`;
}

/** Names that the query does not use. */
export function freshNames(query: AnalysedQuery): (stem: string) => string {
  const taken = query.sql.toLowerCase();
  return (stem) => {
    for (let i = 1; ; i++) {
      const name = i === 1 ? `ws_${stem}` : `ws_${stem}${i}`;
      if (!taken.includes(name)) return name;
    }
  };
}

/** A readable name for a database object, the same for the same content, at most 63 bytes. */
export function objectName(stem: string, content: string): string {
  const hash = sha256(content).slice(0, 8);
  const readable = stem
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 40);
  return `ws_${readable}_${hash}`;
}

/** CREATE INDEX with a name of its own; `keys` are SQL texts. */
export function createIndex(table: string, stem: string, keys: readonly string[], unique = false): string {
  const name = objectName(`${stem}_idx`, `${table} ${keys.join(', ')}`);
  return `CREATE ${unique ? 'UNIQUE ' : ''}INDEX IF NOT EXISTS ${name} ON ${table} (${keys.join(', ')})`;
}

/** A block that is one SELECT over sources all of whose parts are understood. */
export function isPlain(block: Block): boolean {
  return (
    !block.setOperation &&
    block.outputsKnown &&
    block.sources.length > 0 &&
    block.select.lockingClause === undefined &&
    block.select.windowClause === undefined
  );
}

export function hasAggregation(block: Block): boolean {
  return (
    block.aggregates.length > 0 || block.groupBy.length > 0 || !block.plainGroupBy || block.having.length > 0
  );
}

/** Conjuncts of WHERE as nodes. */
export function whereNodes(block: Block): Node[] {
  return block.predicates
    .filter((predicate) => predicate.clause === 'where')
    .map((predicate) => predicate.whole.node);
}

/** A block's outputs and sort keys, carried through a derived table `alias` under names that cannot collide. */
export interface Carried {
  /** Select list of the derived table. */
  inner: string;
  /** Select list over it: the block's outputs under their names. */
  outer: string;
  /** ` ORDER BY …` over it, or an empty text. */
  order: string;
}

export function carry(block: Block, alias: string): Carried {
  const inner = block.outputs.map((output, i) => `${output.expression.sql} AS ws_c${i + 1}`);
  const outer = block.outputs.map((output, i) => `${alias}.ws_c${i + 1} AS ${label(output.name)}`);
  const keys = block.orderBy.map((key, i) => {
    const position = block.outputs.findIndex((output) => output.expression.sql === key.expression.sql);
    if (position < 0) inner.push(`${key.expression.sql} AS ws_s${i + 1}`);
    return `${alias}.${position < 0 ? `ws_s${i + 1}` : `ws_c${position + 1}`}${direction(key)}`;
  });
  return {
    inner: inner.join(', '),
    outer: outer.join(', '),
    order: keys.length === 0 ? '' : ` ORDER BY ${keys.join(', ')}`,
  };
}

export function direction(key: Pick<SortKey, 'descending' | 'nullsFirst'>): string {
  const nulls = key.nullsFirst === key.descending ? '' : key.nullsFirst ? ' NULLS FIRST' : ' NULLS LAST';
  return `${key.descending ? ' DESC' : ''}${nulls}`;
}

export function sortText(keys: readonly SortKey[]): string {
  return keys.length === 0
    ? ''
    : ` ORDER BY ${keys.map((key) => `${key.expression.sql}${direction(key)}`).join(', ')}`;
}
