import type { AnalysedQuery, Block, ColumnUse } from '../sql/analysed-query.ts';
import {
  as,
  canonical,
  clone,
  deparse,
  type Node,
  parseExpression,
  replaceNodes,
  type SelectStmt,
} from '../sql/nodes.ts';
import {
  column,
  freshNames,
  fromText,
  hasAggregation,
  isPlain,
  label,
  nodeOf,
  whereText,
  withParts,
} from './block-text.ts';
import { qualifiedKey } from './decompose.ts';
import type { Proposal, Rewrite } from './rewrite.ts';

/** A scalar subquery that aggregates for each outer row: aggregate once for all keys, then join. */
export const preAggregatedJoin: Rewrite = {
  name: 'pre-aggregated join',
  kind: 'rewrite',
  propose(query): Proposal[] {
    return query.blocks.flatMap((parent) => {
      const links = query.blocks.flatMap((block) =>
        block.role === 'scalar' && block.parent === parent ? (linkOf(block) ?? []) : [],
      );
      if (links.length === 0 || !isPlain(parent) || hasAggregation(parent) || parent.distinct !== 'none')
        return [];
      return [
        {
          label: 'aggregate once, then join',
          sql: withParts(query, new Map([[parent.select, joined(query, parent, links)]])),
          ddl: [],
          refresh: [],
        },
      ];
    });
  },
};

interface Link {
  block: Block;
  /** Pairs of the subquery's column and the outer column that it must equal. */
  equalities: { inner: ColumnUse; outer: ColumnUse }[];
  local: Node[];
}

function linkOf(block: Block): Link | null {
  const output = block.outputs[0];
  const simple =
    isPlain(block) &&
    block.outputs.length === 1 &&
    block.aggregates.length > 0 &&
    block.groupBy.length === 0 &&
    block.plainGroupBy;
  if (
    !simple ||
    output === undefined ||
    block.having.length > 0 ||
    block.windows.length > 0 ||
    block.limit ||
    block.offset ||
    block.distinct !== 'none' ||
    block.select.withClause
  )
    return null;
  const equalities: Link['equalities'] = [];
  const local: Node[] = [];
  for (const predicate of block.predicates) {
    const outer = predicate.whole.columns.filter((use) => use.outer);
    if (outer.length === 0) {
      if (predicate.clause === 'where') local.push(predicate.whole.node);
      continue;
    }
    const inner = predicate.on?.column;
    const value = predicate.values[0]?.column;
    if (predicate.clause !== 'where' || predicate.operator !== '=' || !inner || !value?.outer || inner.outer)
      return null;
    if (inner.column === null || inner.column.type !== value.column?.type) return null;
    equalities.push({ inner, outer: value });
  }
  const owned = block.outerUses.every(
    (use) =>
      block.parent?.sources.includes(use.source) &&
      equalities.some((pair) => pair.outer.source === use.source && pair.outer.name === use.name),
  );
  return owned && equalities.length > 0 && outputOver(block, 'g') !== null
    ? { block, equalities, local }
    : null;
}

/** The subquery's output from the columns `a1`, `a2`… of the derived table; a count of nothing is 0. */
function outputOver(block: Block, alias: string): string | null {
  const keys = new Map(
    block.aggregates.map((aggregate, i) => [
      qualifiedKey(aggregate.node, block),
      aggregate.name === 'count' ? `coalesce(${alias}.a${i + 1}, 0)` : `${alias}.a${i + 1}`,
    ]),
  );
  const copy = clone([block.outputs[0]?.expression.node ?? { A_Const: {} }]);
  let complete = true;
  replaceNodes(copy, (child) => {
    const text = keys.get(qualifiedKey(child, block));
    if (text !== undefined) return parseExpression(text);
    if (as(child, 'ColumnRef') || as(child, 'SubLink')) complete = false;
    return undefined;
  });
  return complete && copy[0] !== undefined ? deparse(copy[0]) : null;
}

function joined(query: AnalysedQuery, parent: Block, links: readonly Link[]): SelectStmt {
  const fresh = freshNames(query);
  const swaps = new Map<string, Node>();
  let from = (parent.select.fromClause ?? []).map((item) => deparse(item)).join(' CROSS JOIN ');
  for (const [i, link] of links.entries()) {
    const alias = fresh(`g${i + 1}`);
    const keys = link.equalities.map(
      (pair, k) => `${column(pair.inner.source, pair.inner.name)} AS k${k + 1}`,
    );
    const values = link.block.aggregates.map((aggregate, k) => `${deparse(aggregate.node)} AS a${k + 1}`);
    const groups = keys.map((_, k) => k + 1).join(', ');
    const derived = `SELECT ${[...keys, ...values].join(', ')} FROM ${fromText(link.block)}${whereText(link.local)} GROUP BY ${groups}`;
    const on = link.equalities.map(
      (pair, k) => `${alias}.k${k + 1} = ${column(pair.outer.source, pair.outer.name)}`,
    );
    from = `${from} LEFT JOIN (${derived}) AS ${alias} ON ${on.join(' AND ')}`;
    swaps.set(
      canonical({ SelectStmt: link.block.select }),
      parseExpression(outputOver(link.block, alias) ?? 'NULL'),
    );
  }
  const targets = parent.outputs
    .map((output) => `${output.expression.sql} AS ${label(output.name)}`)
    .join(', ');
  const shell = as(nodeOf(`SELECT ${targets} FROM ${from}`), 'SelectStmt');
  const select: SelectStmt = {
    ...clone(parent.select),
    ...(shell?.targetList ? { targetList: shell.targetList } : {}),
    ...(shell?.fromClause ? { fromClause: shell.fromClause } : {}),
  };
  // The FROM that was just made holds the aggregates; only what stands beside it is replaced.
  const { fromClause, ...rest } = select;
  replaceNodes(rest, (node) => {
    const link = as(node, 'SubLink');
    return link?.subLinkType === 'EXPR_SUBLINK' ? swaps.get(canonical(link.subselect)) : undefined;
  });
  return fromClause ? { ...rest, fromClause } : rest;
}
