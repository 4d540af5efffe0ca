import type { AnalysedQuery, Block, ColumnUse, Predicate, SortKey } from '../sql/analysed-query.ts';
import { ident, sameNode } from '../sql/nodes.ts';
import {
  carry,
  column,
  freshNames,
  hasAggregation,
  isPlain,
  label,
  limitText,
  sortText,
  tableName,
  whereText,
  withBlock,
} from './block-text.ts';
import { canJump, type LooseInput, looseIndex, looseInput, looseKeys } from './loose-keys.ts';
import type { Proposal, Rewrite } from './rewrite.ts';

/** The first rows of each group, fetched group by group through an index in place of sorting all rows. */
export const latestPerGroup: Rewrite = {
  name: 'first rows of each group by index',
  kind: 'rewrite',
  propose(query): Proposal[] {
    return query.blocks.flatMap((block) => [...distinctOn(query, block), ...numbered(query, block)]);
  },
};

/** `SELECT DISTINCT ON (k) … ORDER BY k, s`. */
function distinctOn(query: AnalysedQuery, block: Block): Proposal[] {
  const input = looseInput(block);
  if (
    input === null ||
    typeof block.distinct === 'string' ||
    !isPlain(block) ||
    hasAggregation(block) ||
    block.windows.length > 0
  )
    return [];
  const keys = block.distinct.map((key) => key.column);
  const leading = block.orderBy.slice(0, keys.length).map((key) => key.expression.column);
  const isLed =
    leading.length === keys.length &&
    keys.every((key) => leading.some((other) => other !== null && other?.name === key?.name));
  if (!isLed || block.orderBy.length === keys.length || !canJump(input, keys)) return [];
  const rest = block.orderBy.slice(keys.length);
  const fresh = freshNames(query);
  const union = fresh('u');
  const carried = carry({ ...block, orderBy: block.orderBy.slice(0, keys.length) }, union);
  const rows = perGroup(input, keys, carried.inner, rest, ' LIMIT 1', fresh);
  const sql = `SELECT ${carried.outer} FROM (${rows}) AS ${union}${carried.order}${limitText(block)}`;
  return [
    {
      label: `first row of each ${names(keys)} by index`,
      sql: withBlock(query, block, sql),
      ddl: looseIndex(input, keys, rest),
      refresh: [],
    },
  ];
}

/** `row_number() OVER (PARTITION BY k ORDER BY s) <= n` around a derived table or a CTE. */
function numbered(query: AnalysedQuery, outer: Block): Proposal[] {
  return outer.sources.flatMap((source) => {
    const block = source.block;
    if (block === null || block === outer) return [];
    const uses = query.blocks.flatMap((other) => other.sources).filter((other) => other.block === block);
    const input = looseInput(block);
    const window = block.windows[0];
    if (
      uses.length !== 1 ||
      input === null ||
      window === undefined ||
      block.windows.length !== 1 ||
      !isPlain(block)
    )
      return [];
    if (
      hasAggregation(block) ||
      block.distinct !== 'none' ||
      block.limit ||
      block.offset ||
      block.orderBy.length > 0
    )
      return [];
    const position = block.outputs.findIndex((output) => sameNode(output.expression.node, window.node));
    const number = source.columnNames?.[position];
    const keys = window.partitionBy.map((key) => key.column);
    if (
      position < 0 ||
      number === undefined ||
      window.name !== 'row_number' ||
      window.orderBy.length === 0 ||
      !canJump(input, keys)
    )
      return [];
    const most = outer.predicates
      .map((predicate) => limitOf(predicate, source.alias, number))
      .find((limit) => limit !== null);
    if (most === undefined || most === null) return [];
    const limit = ` LIMIT ${most}`;
    // Within one group the numbering starts anew, so it needs no partition.
    const again = `${window.name}() OVER (${sortText(window.orderBy).trim()})`;
    const list = block.outputs
      .map((output, i) => `${i === position ? again : output.expression.sql} AS ${label(output.name)}`)
      .join(', ');
    const sql = perGroup(input, keys, list, window.orderBy, limit, freshNames(query));
    return [
      {
        label: `first rows of each ${names(keys)} by index`,
        sql: withBlock(query, block, sql),
        ddl: looseIndex(input, keys, window.orderBy),
        refresh: [],
      },
    ];
  });
}

function limitOf(predicate: Predicate, alias: string, number: string): string | null {
  const use = predicate.on?.column;
  const value = predicate.values[0];
  if (
    use?.source.alias !== alias ||
    use.name !== number ||
    value === undefined ||
    predicate.clause === 'outer on'
  )
    return null;
  if (value.columns.length > 0 || value.hasSubquery || value.unresolved) return null;
  const bound = `CAST(${value.sql} AS bigint)`;
  if (predicate.operator === '=' || predicate.operator === '<=') return `greatest(${bound}, 0)`;
  return predicate.operator === '<' ? `greatest(${bound} - 1, 0)` : null;
}

function perGroup(
  input: LooseInput,
  keys: readonly ColumnUse[],
  list: string,
  order: readonly SortKey[],
  limit: string,
  fresh: (stem: string) => string,
): string {
  const { source, conditions } = input;
  const [scan, key, row] = [fresh('r'), fresh('k'), fresh('l')];
  const from = source.table === null ? '' : `${tableName(source.table)} AS ${ident(source.alias)}`;
  const equal = keys.map((use, i) => `${column(source, use.name)} = ${key}.k${i + 1}`);
  const rows = (extra: readonly string[]) =>
    `SELECT ${list} FROM ${from}${whereText([...conditions, ...extra])}${sortText(order)}${limit}`;
  const each = `SELECT ${row}.* FROM (${looseKeys(input, keys, scan)}) AS ${key} CROSS JOIN LATERAL (${rows(equal)}) AS ${row}`;
  const nullable = keys.find((use) => !use.column?.notNull);
  return nullable ? `(${each}) UNION ALL (${rows([`${column(source, nullable.name)} IS NULL`])})` : each;
}

function names(keys: readonly ColumnUse[]): string {
  return keys.map((key) => key.name).join(', ');
}
