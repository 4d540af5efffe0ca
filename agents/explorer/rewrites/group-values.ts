import type { AnalysedQuery, Block, ColumnUse } from '../sql/analysed-query.ts';
import { ident, sameNode } from '../sql/nodes.ts';
import {
  column,
  freshNames,
  hasAggregation,
  isPlain,
  label,
  limitText,
  tableName,
  whereText,
  withBlock,
} from './block-text.ts';
import { canJump, type LooseInput, looseIndex, looseInput, looseKeys } from './loose-keys.ts';
import type { Proposal, Rewrite } from './rewrite.ts';

/** Distinct values, how many there are, and the least or greatest of each group, by jumping through an index. */
export const groupValues: Rewrite = {
  name: 'distinct values by loose index scan',
  kind: 'rewrite',
  propose(query): Proposal[] {
    return query.blocks.flatMap((block) => {
      const input = looseInput(block);
      if (input === null || !isPlain(block) || block.windows.length > 0) return [];
      return [...distinctValues(query, block, input), ...distinctCounts(query, block, input)];
    });
  },
};

/** Everything but the prefix must be absent: the jump would land on rows that the rest excludes. */
function onlyPrefix(input: LooseInput): boolean {
  return input.conditions.length === input.prefix.length;
}

/** `SELECT DISTINCT k`, `SELECT k … GROUP BY k`, and with min(x) and max(x) beside it. */
function distinctValues(query: AnalysedQuery, block: Block, input: LooseInput): Proposal[] {
  const isDistinct = block.distinct === 'all' && !hasAggregation(block);
  const isGrouped =
    block.distinct === 'none' && block.groupBy.length > 0 && block.plainGroupBy && block.having.length === 0;
  if (!isDistinct && !isGrouped) return [];
  const keys = (isDistinct ? block.outputs.map((output) => output.expression) : block.groupBy).map(
    (key) => key.column,
  );
  const extremes = block.aggregates;
  const simple = extremes.every(
    (aggregate) =>
      ['min', 'max'].includes(aggregate.name) &&
      aggregate.args[0]?.column != null &&
      aggregate.filter === null &&
      !aggregate.ordered,
  );
  if (!simple || !canJump(input, keys) || (extremes.length === 0 && !onlyPrefix(input))) return [];
  const fresh = freshNames(query);
  const [scan, key] = [fresh('r'), fresh('k')];
  const keyTexts = (isDistinct ? block.outputs.map((output) => output.expression) : block.groupBy).map(
    (key) => key.sql,
  );
  const texts: string[] = [];
  for (const output of block.outputs) {
    const at = keyTexts.indexOf(output.expression.sql);
    const extreme = extremes.findIndex((aggregate) => sameNode(aggregate.node, output.expression.node));
    if (at < 0 && extreme < 0) return [];
    texts.push(at >= 0 ? `${key}.k${at + 1}` : `${key}x.m${extreme + 1}`);
  }
  const order = block.orderBy.map((sort) =>
    block.outputs.findIndex((output) => output.expression.sql === sort.expression.sql),
  );
  if (order.includes(-1)) return [];
  const list = texts.map((text, i) => `${text} AS ${label(block.outputs[i]?.name ?? '')}`).join(', ');
  const uses: readonly ColumnUse[] = keys;
  const nullable = uses.find((use) => !use.column?.notNull);
  const all = keys.map((_, i) => `k${i + 1}`).join(', ');
  const nullKey = nullable
    ? ` UNION ALL SELECT NULL WHERE EXISTS (SELECT 1 FROM ${from(input)}${whereText([...input.prefix.map((part) => part.node), `${column(input.source, nullable.name)} IS NULL`])})`
    : '';
  const derived = `(SELECT ${all} FROM (${looseKeys(input, keys, scan)}) AS ${scan}a${nullKey}) AS ${key}`;
  const sort =
    block.select.sortClause === undefined
      ? ''
      : ` ORDER BY ${block.orderBy.map((sort, i) => `${(order[i] ?? 0) + 1}${sort.descending ? ' DESC' : ''} NULLS ${sort.nullsFirst ? 'FIRST' : 'LAST'}`).join(', ')}`;
  const beside =
    extremes.length === 0 ? '' : ` CROSS JOIN LATERAL (${extremesOf(input, keys, block, key)}) AS ${key}x`;
  // Aggregates always give a row; a group exists only where some row meets all conditions.
  const exists = onlyPrefix(input) ? '' : ` WHERE ${key}x.found`;
  const sql = `SELECT ${list} FROM ${derived}${beside}${exists}${sort}${limitText(block)}`;
  const ddl = looseIndex(
    input,
    keys,
    extremes
      .flatMap((aggregate) => aggregate.args.slice(0, 1))
      .map((expression) => ({ expression, descending: false, nullsFirst: false })),
  );
  return [
    {
      label: `distinct ${uses.map((use) => use.name).join(', ')} by loose index scan`,
      sql: withBlock(query, block, sql),
      ddl,
      refresh: [],
    },
  ];
}

function extremesOf(input: LooseInput, keys: readonly ColumnUse[], block: Block, key: string): string {
  const same = keys.map((use, i) =>
    use.column?.notNull
      ? `${column(input.source, use.name)} = ${key}.k${i + 1}`
      : `(${column(input.source, use.name)} = ${key}.k${i + 1} OR (${column(input.source, use.name)} IS NULL AND ${key}.k${i + 1} IS NULL))`,
  );
  const where = whereText([...input.conditions, ...same]);
  const parts = block.aggregates.map(
    (aggregate, i) =>
      `(SELECT ${aggregate.name}(${aggregate.args[0]?.sql ?? ''}) FROM ${from(input)}${where}) AS m${i + 1}`,
  );
  if (!onlyPrefix(input)) parts.push(`EXISTS (SELECT 1 FROM ${from(input)}${where}) AS found`);
  return `SELECT ${parts.join(', ')}`;
}

/** `SELECT count(DISTINCT k) FROM t` without groups. */
function distinctCounts(query: AnalysedQuery, block: Block, input: LooseInput): Proposal[] {
  if (
    !onlyPrefix(input) ||
    block.groupBy.length > 0 ||
    block.having.length > 0 ||
    !block.plainGroupBy ||
    block.limit ||
    block.offset ||
    block.aggregates.length === 0
  )
    return [];
  const counts: string[] = [];
  const ddl: string[] = [];
  const fresh = freshNames(query);
  for (const output of block.outputs) {
    const aggregate = block.aggregates.find((candidate) => sameNode(candidate.node, output.expression.node));
    const keys = [aggregate?.args[0]?.column ?? null];
    if (
      aggregate?.name !== 'count' ||
      !aggregate.distinct ||
      aggregate.filter !== null ||
      !canJump(input, keys)
    )
      return [];
    const scan = fresh(`r${counts.length}`);
    counts.push(
      `(SELECT count(*) FROM (${looseKeys(input, keys, scan)}) AS ${scan}a) AS ${label(output.name)}`,
    );
    ddl.push(...looseIndex(input, keys, []));
  }
  return [
    {
      label: 'count distinct values by loose index scan',
      sql: withBlock(query, block, `SELECT ${counts.join(', ')}`),
      ddl,
      refresh: [],
    },
  ];
}

function from(input: LooseInput): string {
  return input.source.table === null
    ? ''
    : `${tableName(input.source.table)} AS ${ident(input.source.alias)}`;
}
