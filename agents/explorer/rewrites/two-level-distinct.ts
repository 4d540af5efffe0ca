import type { Block } from '../sql/analysed-query.ts';
import { freshNames, fromText, isPlain, limitText, whereNodes, whereText, withBlock } from './block-text.ts';
import { decompose, qualifiedKey, regroup } from './decompose.ts';
import type { Proposal, Rewrite } from './rewrite.ts';

/** `count(DISTINCT x)` sorts all its input; grouping by x first hashes it, and in parallel. */
export const twoLevelDistinct: Rewrite = {
  name: 'count distinct in two levels',
  kind: 'rewrite',
  propose(query): Proposal[] {
    return query.blocks.flatMap((block) => {
      const sql = twoLevels(block, freshNames(query)('g'));
      return sql === null
        ? []
        : [
            {
              label: 'count distinct in two levels',
              sql: withBlock(query, block, sql),
              ddl: [],
              refresh: [],
            },
          ];
    });
  },
};

function twoLevels(block: Block, inner: string): string | null {
  if (!isPlain(block) || block.windows.length > 0 || !block.plainGroupBy || block.distinct !== 'none')
    return null;
  const value = block.aggregates.find((aggregate) => aggregate.distinct)?.args[0];
  if (value === undefined) return null;
  const wanted = qualifiedKey(value.node, block);
  // Each value stands once in a group of the derived table, so that DISTINCT becomes void.
  const parts = decompose(block, inner, (aggregate) => {
    const argument = aggregate.args[0];
    const isSame =
      aggregate.distinct &&
      aggregate.name === 'count' &&
      aggregate.args.length === 1 &&
      argument !== undefined &&
      qualifiedKey(argument.node, block) === wanted;
    return isSame && aggregate.filter === null ? `count(${inner}.v)` : null;
  });
  if (parts === null) return null;
  const rewritten = regroup(
    block,
    parts.swaps,
    block.groupBy.map((_, i) => `${inner}.g${i + 1}`),
  );
  if (rewritten === null) return null;
  const list = [
    ...block.groupBy.map((key, i) => `${key.sql} AS g${i + 1}`),
    `${value.sql} AS v`,
    ...parts.partials.map((text, i) => `${text} AS p${i + 1}`),
  ];
  const groups = [...block.groupBy, value].map((_, i) => i + 1);
  const derived = `(SELECT ${list.join(', ')} FROM ${fromText(block)}${whereText(whereNodes(block))} GROUP BY ${groups.join(', ')}) AS ${inner}`;
  return `${rewritten.select} FROM ${derived}${rewritten.rest}${limitText(block)}`;
}
