import type { Block, Predicate } from '../sql/analysed-query.ts';
import { as, parseExpression, sameNode } from '../sql/nodes.ts';
import { column, isPlain, tableName, withParts } from './block-text.ts';
import type { Proposal, Rewrite } from './rewrite.ts';

/** NOT EXISTS a row of the same table and key with a greater value: the row has its key's greatest value. */
export const newestByNotExists: Rewrite = {
  name: 'no newer row to latest',
  kind: 'rewrite',
  propose(query): Proposal[] {
    const parts = new Map<unknown, unknown>();
    for (const block of query.blocks) {
      for (const predicate of block.predicates) {
        const inner =
          predicate.operator === 'NOT EXISTS' && predicate.clause === 'where'
            ? subqueryOf(predicate, query.blocks)
            : undefined;
        const text = inner === undefined ? null : greatest(inner);
        if (text !== null) parts.set(predicate.whole.node, parseExpression(text));
      }
    }
    return parts.size === 0
      ? []
      : [{ label: 'the greatest of each key once', sql: withParts(query, parts), ddl: [], refresh: [] }];
  },
};

function subqueryOf(predicate: Predicate, blocks: readonly Block[]): Block | undefined {
  const select = as(as(as(predicate.whole.node, 'BoolExpr')?.args?.[0], 'SubLink')?.subselect, 'SelectStmt');
  return blocks.find((block) => block.select === select || sameNode(block.select, select));
}

function greatest(inner: Block): string | null {
  const source = inner.sources[0];
  const table = source?.table;
  if (
    inner.sources.length !== 1 ||
    !table ||
    !isPlain(inner) ||
    inner.aggregates.length > 0 ||
    inner.groupBy.length > 0 ||
    inner.limit ||
    inner.offset ||
    inner.having.length > 0
  )
    return null;
  const keys: string[] = [];
  let extreme: { name: string; function: string } | null = null;
  const outerAlias = inner.outerUses[0]?.source;
  if (outerAlias?.table !== table || outerAlias.join === 'outer') return null;
  for (const predicate of inner.predicates) {
    const own = predicate.on?.column;
    const other = predicate.values[0]?.column;
    // The same column on both sides, never NULL, of the one outer row: else a row could have no place in its own group.
    if (!own?.column?.notNull || other?.source !== outerAlias || other.name !== own.name || own.outer)
      return null;
    if (predicate.operator === '=') keys.push(own.name);
    else if (extreme === null && (predicate.operator === '>' || predicate.operator === '<'))
      extreme = { name: own.name, function: predicate.operator === '>' ? 'max' : 'min' };
    else return null;
  }
  if (extreme === null || keys.length === 0) return null;
  const outer = [...keys, extreme.name].map((name) => column(outerAlias, name)).join(', ');
  const list = keys.map((name) => column(source, name)).join(', ');
  const from = `${tableName(table)} AS ${column(source, 'x').split('.')[0]}`;
  return `(${outer}) IN (SELECT ${list}, ${extreme.function}(${column(source, extreme.name)}) FROM ${from} GROUP BY ${list})`;
}
