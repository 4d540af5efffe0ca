import type { Block } from '../sql/analysed-query.ts';
import { as, ident } from '../sql/nodes.ts';
import {
  column,
  direction,
  freshNames,
  hasAggregation,
  isPlain,
  limitText,
  outputText,
  tableName,
  whereText,
  withBlock,
} from './block-text.ts';
import { looseInput } from './loose-keys.ts';
import type { Proposal, Rewrite } from './rewrite.ts';

/** A page far from the start: skip over keys alone, and read whole rows only for the page. */
export const deferredJoin: Rewrite = {
  name: 'late row lookup',
  kind: 'rewrite',
  propose(query): Proposal[] {
    return query.blocks.flatMap((block) => {
      const sql = late(block, freshNames(query)('p'));
      return sql === null
        ? []
        : [
            {
              label: 'page over keys, then look up rows',
              sql: withBlock(query, block, sql),
              ddl: [],
              refresh: [],
            },
          ];
    });
  },
};

function late(block: Block, page: string): string | null {
  const input = looseInput(block);
  const table = input?.source.table;
  // One row is not worth a second look-up, and a block for each outer row is no page.
  const single = block.limit !== null && as(block.limit.node, 'A_Const')?.ival?.ival === 1;
  if (single || block.outerUses.length > 0) return null;
  const pages = block.orderBy.length > 0 && (block.limit !== null || block.offset !== null);
  if (
    !input ||
    !table ||
    !pages ||
    table.primaryKey.length === 0 ||
    !isPlain(block) ||
    hasAggregation(block) ||
    block.distinct !== 'none' ||
    block.windows.length > 0
  )
    return null;
  const keys = table.primaryKey.map((name, i) => `${column(input.source, name)} AS k${i + 1}`);
  const sorts = block.orderBy.map((key, i) => `${key.expression.sql} AS s${i + 1}`);
  const order = block.orderBy.map((key, i) => `s${i + 1}${direction(key)}`);
  const from = `${tableName(table)} AS ${ident(input.source.alias)}`;
  const inner = `SELECT ${[...keys, ...sorts].join(', ')} FROM ${from}${whereText(input.conditions)} ORDER BY ${order.join(', ')}${limitText(block)}`;
  const on = table.primaryKey
    .map((name, i) => `${column(input.source, name)} = ${page}.k${i + 1}`)
    .join(' AND ');
  return `SELECT ${outputText(block)} FROM (${inner}) AS ${page} JOIN ${from} ON ${on} ORDER BY ${order.map((text) => `${page}.${text}`).join(', ')}`;
}
