import { isNotNull } from '../sql/expressions.ts';
import { as, deparse, parseExpression, sameNode } from '../sql/nodes.ts';
import { column, freshNames, withParts } from './block-text.ts';
import type { Proposal, Rewrite } from './rewrite.ts';

/** NOT IN cannot be an anti join, because of NULL; where neither side can be NULL, NOT EXISTS says the same. */
export const notInToNotExists: Rewrite = {
  name: 'NOT IN to NOT EXISTS',
  kind: 'rewrite',
  propose(query): Proposal[] {
    const parts = new Map<unknown, unknown>();
    const alias = freshNames(query)('x');
    for (const predicate of query.blocks.flatMap((block) => block.predicates)) {
      if (predicate.operator !== 'NOT IN' || predicate.kind !== 'subquery') continue;
      const link = as(as(predicate.whole.node, 'BoolExpr')?.args?.[0], 'SubLink');
      const inner = query.blocks.find((block) => sameNode(block.select, as(link?.subselect, 'SelectStmt')));
      const value = inner?.outputs[0]?.expression.column;
      const tested = predicate.whole.columns.find((use) =>
        sameNode(as(link?.testexpr, 'ColumnRef')?.fields?.at(-1), { String: { sval: use.name } }),
      );
      if (
        !link?.subselect ||
        inner?.outputs.length !== 1 ||
        !value ||
        value.outer ||
        !tested ||
        !as(link.testexpr, 'ColumnRef')
      )
        continue;
      if (!isNotNull(value) || !isNotNull(tested) || tested.outer) continue;
      const text = `NOT EXISTS (SELECT 1 FROM (${deparse(link.subselect)}) AS ${alias}(ws_v) WHERE ${alias}.ws_v = ${column(tested.source, tested.name)})`;
      parts.set(predicate.whole.node, parseExpression(text));
    }
    return parts.size === 0
      ? []
      : [{ label: 'NOT IN to NOT EXISTS', sql: withParts(query, parts), ddl: [], refresh: [] }];
  },
};
