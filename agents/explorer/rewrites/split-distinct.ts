import {
  freshNames,
  fromText,
  hasAggregation,
  isPlain,
  label,
  whereNodes,
  whereText,
  withBlock,
} from './block-text.ts';
import { qualifiedKey } from './decompose.ts';
import type { Proposal, Rewrite } from './rewrite.ts';

/** Several `count(DISTINCT …)` of different columns without groups: each alone, over its own distinct values. */
export const splitDistinct: Rewrite = {
  name: 'distinct counts apart',
  kind: 'rewrite',
  propose(query): Proposal[] {
    return query.blocks.flatMap((block) => {
      const fresh = freshNames(query)('d');
      if (
        !isPlain(block) ||
        !hasAggregation(block) ||
        block.groupBy.length > 0 ||
        block.having.length > 0 ||
        !block.plainGroupBy ||
        block.windows.length > 0 ||
        block.limit ||
        block.offset ||
        block.orderBy.length > 0
      )
        return [];
      const counts = block.outputs.flatMap((output) => {
        const wanted = qualifiedKey(output.expression.node, block);
        const aggregate = block.aggregates.find(
          (candidate) => qualifiedKey(candidate.node, block) === wanted,
        );
        const value =
          aggregate?.name === 'count' &&
          aggregate.distinct &&
          aggregate.filter === null &&
          aggregate.args.length === 1
            ? aggregate.args[0]
            : undefined;
        if (value === undefined) return [];
        const values = `SELECT ${value.sql} AS v FROM ${fromText(block)}${whereText(whereNodes(block))} GROUP BY 1`;
        return [`(SELECT count(${fresh}.v) FROM (${values}) AS ${fresh}) AS ${label(output.name)}`];
      });
      if (counts.length !== block.outputs.length || counts.length < 2) return [];
      return [
        {
          label: 'each distinct count alone',
          sql: withBlock(query, block, `SELECT ${counts.join(', ')}`),
          ddl: [],
          refresh: [],
        },
      ];
    });
  },
};
