import type { Aggregate, Block } from '../sql/analysed-query.ts';
import { isNumber } from '../sql/expression-type.ts';
import {
  as,
  canonical,
  clone,
  columnRef,
  deparse,
  type Node,
  parseExpression,
  replaceNodes,
} from '../sql/nodes.ts';
import { direction, label } from './block-text.ts';

/** Aggregates over parts of the rows from which `merged` makes the whole; empty where there are none. */
function partial(aggregate: Aggregate): string[] {
  if (aggregate.ordered || (aggregate.distinct && !['min', 'max'].includes(aggregate.name))) return [];
  const argument = aggregate.args[0];
  const filter = aggregate.filter === null ? '' : ` FILTER (WHERE ${aggregate.filter.sql})`;
  if (aggregate.name === 'count')
    return aggregate.star
      ? [`count(*)${filter}`]
      : argument && aggregate.args.length === 1
        ? [`count(${argument.sql})${filter}`]
        : [];
  if (argument === undefined || aggregate.args.length !== 1 || argument.type === null) return [];
  switch (aggregate.name) {
    case 'min':
    case 'max':
    case 'bool_or':
    case 'bool_and':
    case 'every':
      return [`${aggregate.name}(${argument.sql})${filter}`];
    case 'sum':
      return isNumber(argument.type) || argument.type === 'interval' ? [`sum(${argument.sql})${filter}`] : [];
    case 'avg':
      return isNumber(argument.type)
        ? [`sum(${argument.sql})${filter}`, `count(${argument.sql})${filter}`]
        : [];
    default:
      return [];
  }
}

/** The aggregate over all rows from columns that hold `partial`'s values, of the type that the aggregate has. */
function merged(aggregate: Aggregate, columns: readonly string[]): string {
  const [first = '', second = ''] = columns;
  const type = aggregate.args[0]?.type ?? null;
  switch (aggregate.name) {
    case 'count':
      return `CAST(coalesce(sum(${first}), 0) AS bigint)`;
    case 'sum':
      return type === 'int2' || type === 'int4' ? `CAST(sum(${first}) AS bigint)` : `sum(${first})`;
    case 'avg':
      return type === 'float4' || type === 'float8'
        ? `(CAST(sum(${first}) AS float8) / nullif(CAST(sum(${second}) AS float8), 0))`
        : `(sum(${first}) / nullif(sum(${second}), 0))`;
    default:
      return `${aggregate.name}(${first})`;
  }
}

/** The text by which two expressions of a block are the same: columns carry their source's alias. */
export function qualifiedKey(node: Node, block: Block): string {
  const copy = clone([node]);
  replaceNodes(copy, (child) => {
    const fields = as(child, 'ColumnRef')?.fields ?? [];
    const name = as(fields[0], 'String')?.sval;
    if (fields.length !== 1 || name === undefined) return undefined;
    const owners = block.sources.filter((source) => source.columnNames?.includes(name));
    return owners[0] && owners.length === 1 ? columnRef(owners[0].alias, name) : undefined;
  });
  return canonical(copy);
}

export interface Regrouped {
  select: string;
  /** ` GROUP BY … HAVING … ORDER BY …` */
  rest: string;
}

/**
 * The block's select list, HAVING and ORDER BY over another FROM that has `keys` in the place of its GROUP BY
 * expressions and `swaps` (by `qualifiedKey`) in the place of its aggregates. Null where something else reads a column.
 */
export function regroup(
  block: Block,
  swaps: ReadonlyMap<string, string>,
  keys: readonly string[],
): Regrouped | null {
  const byKey = new Map(swaps);
  for (const [i, key] of block.groupBy.entries()) byKey.set(qualifiedKey(key.node, block), keys[i] ?? '');
  let complete = true;
  const over = (node: Node): string => {
    const copy = clone([node]);
    replaceNodes(copy, (child) => {
      const text = byKey.get(qualifiedKey(child, block));
      if (text !== undefined) return parseExpression(text);
      if (as(child, 'ColumnRef') || as(child, 'SubLink')) complete = false;
      return undefined;
    });
    return deparse(copy[0] ?? node);
  };
  const outputs = block.outputs.map((output) => `${over(output.expression.node)} AS ${label(output.name)}`);
  const having = block.having.map((condition) => `(${over(condition.node)})`);
  const order = block.orderBy.map((key) => {
    const wanted = qualifiedKey(key.expression.node, block);
    const position = block.outputs.findIndex(
      (output) => qualifiedKey(output.expression.node, block) === wanted,
    );
    return `${position < 0 ? over(key.expression.node) : position + 1}${direction(key)}`;
  });
  if (!complete) return null;
  const parts = [
    keys.length === 0 ? '' : ` GROUP BY ${keys.join(', ')}`,
    having.length === 0 ? '' : ` HAVING ${having.join(' AND ')}`,
    order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`,
  ];
  return { select: `SELECT ${outputs.join(', ')}`, rest: parts.join('') };
}

/** Partial aggregates of a block as columns of a derived table, and how the block's aggregates come out of them. */
export interface Decomposition {
  /** `text` of column `p1`, `p2`… */
  partials: string[];
  swaps: Map<string, string>;
}

/** Null where some aggregate cannot be made from parts; `special` may answer for those that it knows. */
export function decompose(
  block: Block,
  alias: string,
  special: (aggregate: Aggregate) => string | null,
): Decomposition | null {
  const partials: string[] = [];
  const swaps = new Map<string, string>();
  for (const aggregate of block.aggregates) {
    const key = qualifiedKey(aggregate.node, block);
    const known = special(aggregate);
    if (known !== null) {
      swaps.set(key, known);
      continue;
    }
    const texts = partial(aggregate);
    if (texts.length === 0) return null;
    const columns = texts.map((text) => {
      const at = partials.indexOf(text);
      return `${alias}.p${at < 0 ? partials.push(text) : at + 1}`;
    });
    swaps.set(key, merged(aggregate, columns));
  }
  return { partials, swaps };
}
