import type { AnalysedQuery, Block, Source } from '../sql/analysed-query.ts';
import { as, deparse, ident, type Node, parseExpression } from '../sql/nodes.ts';
import {
  column,
  freshNames,
  hasAggregation,
  isPlain,
  limitText,
  nodeOf,
  tableName,
  whereText,
  withBlock,
} from './block-text.ts';
import { decompose, regroup } from './decompose.ts';
import { groupsGuess } from './groups-guess.ts';
import { replaceSource } from './or-to-union.ts';
import type { Proposal, Rewrite } from './rewrite.ts';

const SMALLEST_GAIN = 5;

/**
 * Aggregates of one table are computed per join key before the join. Each partial row meets the rows that its own rows
 * would have met, so that sums, counts and extremes merge to the same whether or not the join multiplies.
 */
export const aggregateBeforeJoin: Rewrite = {
  name: 'aggregate before the join',
  kind: 'rewrite',
  propose(query): Proposal[] {
    return query.blocks.flatMap((block) => {
      const sql = early(query, block);
      return sql === null
        ? []
        : [{ label: 'aggregate before the join', sql: withBlock(query, block, sql), ddl: [], refresh: [] }];
    });
  },
};

function early(query: AnalysedQuery, block: Block): string | null {
  if (
    !isPlain(block) ||
    !hasAggregation(block) ||
    block.sources.length < 2 ||
    block.windows.length > 0 ||
    !block.plainGroupBy ||
    block.distinct !== 'none' ||
    block.outerUses.length > 0
  )
    return null;
  const arguments_ = block.aggregates.flatMap((aggregate) => [
    ...aggregate.args,
    ...(aggregate.filter ? [aggregate.filter] : []),
  ]);
  const owners = new Set(arguments_.flatMap((argument) => argument.columns.map((use) => use.source)));
  const largest = [...block.sources].sort((a, b) => (b.table?.rows ?? 0) - (a.table?.rows ?? 0))[0];
  const source = owners.size === 0 ? largest : [...owners][0];
  if (owners.size > 1 || source?.table == null || source.join !== 'inner' || source !== largest) return null;
  if (arguments_.some((argument) => argument.hasSubquery || argument.unresolved)) return null;
  const alias = ident(source.alias);
  const names = partialNames(query, source);
  const parts = decompose(block, alias, () => null);
  if (parts === null) return null;
  const own = block.predicates.filter(
    (predicate) =>
      predicate.clause === 'where' &&
      predicate.source === source &&
      !predicate.whole.hasSubquery &&
      predicate.whole.columns.every((use) => use.source === source),
  );
  const others = block.predicates.filter(
    (predicate) => predicate.clause === 'where' && !own.includes(predicate),
  );
  const outside = [...others, ...block.predicates.filter((predicate) => predicate.clause !== 'where')].map(
    (predicate) => predicate.whole,
  );
  if (outside.some((expression) => expression.unresolved)) return null;
  const uses = [...outside, ...block.groupBy]
    .flatMap((expression) => expression.columns)
    .concat(block.joins.flatMap((join) => [join.left, join.right]));
  const keys = [...new Set(uses.flatMap((use) => (use.source === source ? [use.name] : [])))];
  const nodes = keys.map((name): Node => parseExpression(column(source, name)));
  if (keys.length === 0 || groupsGuess(nodes, block) * SMALLEST_GAIN > source.table.rows) return null;
  const swaps = new Map([...parts.swaps].map(([key, text]) => [key, renamed(text, alias, names)]));
  const over = regroup(
    block,
    swaps,
    block.groupBy.map((key) => key.sql),
  );
  if (over === null) return null;
  const list = [
    ...keys.map((name) => column(source, name)),
    ...parts.partials.map((text, i) => `${text} AS ${names}${i + 1}`),
  ].join(', ');
  const derived = `SELECT 1 FROM (SELECT ${list} FROM ${tableName(source.table)} AS ${alias}${whereText(own.map((predicate) => predicate.whole.node))} GROUP BY ${keys.map((_, i) => i + 1).join(', ')}) AS ${alias}`;
  const replacement = as(nodeOf(derived), 'SelectStmt')?.fromClause?.[0];
  if (replacement === undefined) return null;
  const from = replaceSource(block.select.fromClause ?? [], source, replacement)
    .map((item) => deparse(item))
    .join(', ');
  return `${over.select} FROM ${from}${whereText(others.map((predicate) => predicate.whole.node))}${over.rest}${limitText(block)}`;
}

/** A stem of names for the partial columns that neither the table nor the query uses. */
function partialNames(query: AnalysedQuery, source: Source): string {
  let name = freshNames(query)('p');
  while (source.table?.columns.some((candidate) => candidate.name.startsWith(name))) name = `${name}x`;
  return name;
}

function renamed(text: string, alias: string, stem: string): string {
  return text.replaceAll(
    new RegExp(`${alias.replaceAll(/[$"]/g, '\\$&')}\\.p(\\d+)`, 'g'),
    (_, number: string) => `${alias}.${stem}${number}`,
  );
}
