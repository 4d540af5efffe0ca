import type { AnalysedQuery, Block, Predicate, Source } from '../sql/analysed-query.ts';
import { as, clone, ident, type Node, replaceNodes, type SelectStmt } from '../sql/nodes.ts';
import {
  carry,
  column,
  conditionText,
  freshNames,
  fromText,
  hasAggregation,
  isPlain,
  label,
  limitText,
  nodeOf,
  tableName,
  whereText,
  withBlock,
  withParts,
} from './block-text.ts';
import type { Proposal, Rewrite } from './rewrite.ts';

const MOST_BRANCHES = 5;

/** OR between columns: one branch for each, so that each can use its own index; later branches leave out what earlier ones gave. */
export const orToUnion: Rewrite = {
  name: 'OR to UNION ALL',
  kind: 'rewrite',
  propose(query): Proposal[] {
    return query.blocks.flatMap((block) =>
      block.predicates.flatMap((predicate) => {
        if (
          predicate.kind !== 'or' ||
          predicate.clause !== 'where' ||
          !isPlain(block) ||
          predicate.branches.length > MOST_BRANCHES
        )
          return [];
        const sql = withinSource(query, block, predicate) ?? wholeBlock(query, block, predicate);
        return sql === null
          ? []
          : [{ label: `OR of ${predicate.branches.length} to UNION ALL`, sql, ddl: [], refresh: [] }];
      }),
    );
  },
};

function branchConditions(predicate: Predicate): string[] {
  const texts = predicate.branches.map((branch) => conditionText(branch.map((part) => part.whole.node)));
  return texts.map((text, i) =>
    [`(${text})`, ...texts.slice(0, i).map((earlier) => `((${earlier}) IS NOT TRUE)`)].join(' AND '),
  );
}

/** All branches read one table: that table becomes a UNION ALL of its parts, and the rest of the query stays. */
function withinSource(query: AnalysedQuery, block: Block, predicate: Predicate): string | null {
  const source = predicate.source;
  if (
    source?.table == null ||
    source.join !== 'inner' ||
    predicate.whole.hasSubquery ||
    predicate.whole.unresolved
  )
    return null;
  if (predicate.whole.columns.some((use) => use.outer)) return null;
  const table = source.table;
  const names = source.columns.size === 0 ? [table.columns[0]?.name ?? ''] : [...source.columns];
  const list = names.map((name) => column(source, name)).join(', ');
  const parts = branchConditions(predicate).map(
    (condition) => `SELECT ${list} FROM ${tableName(table)} AS ${ident(source.alias)} WHERE ${condition}`,
  );
  const derived = nodeOf(`SELECT 1 FROM (${parts.join(' UNION ALL ')}) AS ${ident(source.alias)}`);
  const replacement = as(derived, 'SelectStmt')?.fromClause?.[0];
  if (replacement === undefined) return null;
  const conditions = block.predicates
    .filter((other) => other.clause === 'where' && other !== predicate)
    .map((other) => other.whole.node);
  const targets =
    as(
      nodeOf(
        `SELECT ${block.outputs.map((output) => `${output.expression.sql} AS ${label(output.name)}`).join(', ')}`,
      ),
      'SelectStmt',
    )?.targetList ?? [];
  const { whereClause: _, ...rest } = block.select;
  const select: SelectStmt = {
    ...rest,
    targetList: targets,
    fromClause: replaceSource(block.select.fromClause ?? [], source, replacement),
  };
  const where = whereOf(conditions);
  return withParts(query, new Map([[block.select, where ? { ...select, whereClause: where } : select]]));
}

function whereOf(conditions: readonly Node[]): Node | undefined {
  return conditions.length < 2 ? conditions[0] : { BoolExpr: { boolop: 'AND_EXPR', args: [...conditions] } };
}

export function replaceSource(from: readonly Node[], source: Source, replacement: Node): Node[] {
  const copy = clone([...from]);
  replaceNodes(copy, (node) => {
    const range = as(node, 'RangeVar');
    if (range) return (range.alias?.aliasname ?? range.relname) === source.alias ? replacement : undefined;
    // A name within a derived table is another source.
    return as(node, 'RangeSubselect') || as(node, 'SubLink') ? node : undefined;
  });
  return copy;
}

/** Branches over several sources: the whole block is asked once for each. */
function wholeBlock(query: AnalysedQuery, block: Block, predicate: Predicate): string | null {
  if (
    hasAggregation(block) ||
    block.windows.length > 0 ||
    block.distinct !== 'none' ||
    predicate.whole.hasSubquery
  )
    return null;
  const alias = freshNames(query)('u');
  const carried = carry(block, alias);
  const others = block.predicates
    .filter((other) => other.clause === 'where' && other !== predicate)
    .map((other) => other.whole.node);
  const parts = branchConditions(predicate).map(
    (condition) => `SELECT ${carried.inner} FROM ${fromText(block)}${whereText([...others, condition])}`,
  );
  return withBlock(
    query,
    block,
    `SELECT ${carried.outer} FROM (${parts.join(' UNION ALL ')}) AS ${alias}${carried.order}${limitText(block)}`,
  );
}
