import type { AnalysedQuery, Block, Expression } from '../sql/analysed-query.ts';
import { as, deparse } from '../sql/nodes.ts';
import { createIndex, direction, label, limitText, objectName, whereText, withBlock } from './block-text.ts';
import type { Proposal, Rewrite } from './rewrite.ts';
import { indexOrder, StoredColumns } from './stored-columns.ts';
import { storedInput } from './stored-input.ts';

/** The block's joined, filtered and extracted columns as a table of their own, sorted by what parameters select. */
export const narrowCopy: Rewrite = {
  name: 'narrow sorted copy',
  kind: 'materialise',
  propose(query): Proposal[] {
    return query.blocks.flatMap((block) => copyOf(query, block) ?? []);
  },
};

function copyOf(query: AnalysedQuery, block: Block): Proposal | null {
  const input = storedInput(block);
  if (input === null || input.dynamics.length === 0 || !block.plainGroupBy) return null;
  const parts: Expression[] = [
    ...block.outputs.map((output) => output.expression),
    ...block.groupBy,
    ...block.having,
    ...block.orderBy.map((key) => key.expression),
  ];
  if (parts.some((part) => part.unresolved || part.hasSubquery)) return null;
  const columns = new StoredColumns(block, 'c');
  const sorted = indexOrder(input.dynamics, columns);
  const over = (expression: Expression) => deparse(columns.over(expression.node, 'r'));
  const outputs = block.outputs.map((output) => `${over(output.expression)} AS ${label(output.name)}`);
  const conditions = input.dynamics.map((predicate) => `(${over(predicate.whole)})`);
  const groups = block.groupBy.map(over);
  const having = block.having.map((condition) => `(${over(condition)})`);
  const position = (expression: Expression) =>
    block.outputs.findIndex((output) => output.expression.sql === expression.sql);
  const orders = block.orderBy.map(
    (key) =>
      `${position(key.expression) < 0 ? over(key.expression) : position(key.expression) + 1}${direction(key)}`,
  );
  const distinct =
    block.distinct === 'none'
      ? ''
      : block.distinct === 'all'
        ? 'DISTINCT '
        : `DISTINCT ON (${block.distinct.map((key) => (position(key) < 0 ? over(key) : String(position(key) + 1))).join(', ')}) `;
  const extracts = columns.expressions.some((node) => as(node, 'ColumnRef') === undefined);
  if (
    columns.expressions.length === 0 ||
    (block.sources.length < 2 && !extracts && input.statics.length === 0)
  )
    return null;
  // A constant in GROUP BY would be read as a position.
  if (block.groupBy.some((key) => key.columns.length === 0)) return null;
  const order = sorted.length === 0 ? '' : ` ORDER BY ${sorted.join(', ')}`;
  const select = `SELECT ${columns.list().join(', ')} FROM ${input.from}${whereText(input.statics)}${order}`;
  const name = objectName(`copy_${block.sources[0]?.table?.name ?? 'derived'}`, select);
  const keys =
    block.aggregates.length === 0 && block.windows.length === 0
      ? [...sorted, ...sortColumns(block, columns)]
      : sorted;
  const index = keys.length === 0 ? [] : [createIndex(name, name.slice(0, 30), [...new Set(keys)])];
  const group = groups.length === 0 ? '' : ` GROUP BY ${groups.join(', ')}`;
  const tail = `${group}${having.length === 0 ? '' : ` HAVING ${having.join(' AND ')}`}${orders.length === 0 ? '' : ` ORDER BY ${orders.join(', ')}`}${limitText(block)}`;
  return {
    label: `narrow copy${block.sources.length > 1 ? ' of the join' : ''}${sorted.length > 0 ? `, sorted by ${sorted.map((column) => deparse(columns.expressions[Number(column.slice(1)) - 1] ?? { A_Star: {} })).join(', ')}` : ''}`,
    sql: withBlock(
      query,
      block,
      `SELECT ${distinct}${outputs.join(', ')} FROM ${name} AS r${whereText(conditions)}${tail}`,
    ),
    ddl: [`CREATE MATERIALIZED VIEW IF NOT EXISTS ${name} AS ${select}`, ...index, `ANALYZE ${name}`],
    refresh: [`REFRESH MATERIALIZED VIEW ${name}`],
  };
}

/** Sort keys that are stored as they are, in the order and direction of the block. */
function sortColumns(block: Block, columns: StoredColumns): string[] {
  const keys: string[] = [];
  for (const key of block.orderBy) {
    if (key.expression.column === null) break;
    keys.push(`${columns.add(key.expression.node)}${direction(key)}`);
  }
  return keys;
}
