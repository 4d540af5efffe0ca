import type { Aggregate, Block } from '../sql/analysed-query.ts';
import { as, deparse, type Node } from '../sql/nodes.ts';
import { freshNames, fromText, isPlain, limitText, whereNodes, whereText, withBlock } from './block-text.ts';
import { decompose, qualifiedKey, regroup } from './decompose.ts';
import type { Proposal, Rewrite } from './rewrite.ts';

/**
 * percentile_cont sorts all values of a group, once for each call. Counting each value first leaves few rows, from whose
 * running count every percentile is read: rows ⌊p(n−1)⌋ and ⌈p(n−1)⌉ counted from 0, and between them linearly.
 */
export const percentileHistogram: Rewrite = {
  name: 'percentiles from counted values',
  kind: 'rewrite',
  propose(query): Proposal[] {
    return query.blocks.flatMap((block) => {
      const sql = overHistogram(block, freshNames(query)('h'));
      return sql === null
        ? []
        : [
            {
              label: 'percentiles from counted values',
              sql: withBlock(query, block, sql),
              ddl: [],
              refresh: [],
            },
          ];
    });
  },
};

interface Percentile {
  fraction: string;
  value: Node;
}

function percentileOf(aggregate: Aggregate): Percentile | null {
  const call = as(aggregate.node, 'FuncCall');
  const sort = as(call?.agg_order?.[0], 'SortBy');
  const fraction = aggregate.args[0];
  if (
    aggregate.name !== 'percentile_cont' ||
    aggregate.filter !== null ||
    call?.agg_order?.length !== 1 ||
    sort?.node === undefined ||
    sort.sortby_dir === 'SORTBY_DESC' ||
    sort.sortby_dir === 'SORTBY_USING'
  )
    return null;
  if (
    fraction === undefined ||
    fraction.columns.length > 0 ||
    fraction.hasSubquery ||
    as(fraction.node, 'A_ArrayExpr')
  )
    return null;
  if (fraction.type !== null && !['numeric', 'float8', 'int4'].includes(fraction.type)) return null;
  return { fraction: `CAST(${fraction.sql} AS float8)`, value: sort.node };
}

function overHistogram(block: Block, inner: string): string | null {
  const first = block.aggregates.map(percentileOf).find((found) => found !== null);
  if (
    !first ||
    !isPlain(block) ||
    block.windows.length > 0 ||
    !block.plainGroupBy ||
    block.distinct !== 'none' ||
    block.groupBy.some((key) => key.params.length > 0)
  )
    return null;
  const value = deparse(first.value);
  const wanted = qualifiedKey(first.value, block);
  const source = block.sources.find((candidate) =>
    candidate.table?.columns.some((column) => column.type === 'interval' && value.includes(column.name)),
  );
  if (source) return null;
  const parts = decompose(block, inner, (aggregate) => {
    const percentile = percentileOf(aggregate);
    if (percentile === null || qualifiedKey(percentile.value, block) !== wanted) return null;
    const position = (total: string) => `${percentile.fraction} * CAST(${total} - 1 AS float8)`;
    const at = (rounding: string) =>
      `CAST(min(${inner}.v) FILTER (WHERE ${inner}.upto > ${rounding}(${position(`${inner}.total`)})) AS float8)`;
    const share = `(${position(`max(${inner}.total)`)} - floor(${position(`max(${inner}.total)`)}))`;
    return `(${at('floor')} + ${share} * (${at('ceil')} - ${at('floor')}))`;
  });
  if (parts === null) return null;
  const groups = block.groupBy.map((_, i) => `g${i + 1}`);
  const over = regroup(
    block,
    parts.swaps,
    groups.map((name) => `${inner}.${name}`),
  );
  if (over === null) return null;
  const list = [
    ...block.groupBy.map((key, i) => `${key.sql} AS g${i + 1}`),
    `${value} AS v`,
    `count(${value}) AS n`,
    ...parts.partials.map((text, i) => `${text} AS p${i + 1}`),
  ];
  const counted = `SELECT ${list.join(', ')} FROM ${fromText(block)}${whereText(whereNodes(block))} GROUP BY ${[...groups, 'v'].map((_, i) => i + 1).join(', ')}`;
  const partition = groups.length === 0 ? '' : `PARTITION BY ${groups.join(', ')}`;
  const running = `SELECT *, sum(n) OVER (${partition} ORDER BY v) AS upto, sum(n) OVER (${partition}) AS total FROM (${counted}) AS ${inner}c`;
  return `${over.select} FROM (${running}) AS ${inner}${over.rest}${limitText(block)}`;
}
