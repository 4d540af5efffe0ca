import type { Block, Expression, SortKey } from './analysed-query.ts';
import type { Node } from './nodes.ts';
import { as, columnRef, names } from './nodes.ts';
import { outputName } from './output-name.ts';
import type { Describe } from './predicates.ts';
import type { Scope } from './scope.ts';

/** Adds what one item of the select list puts out: one column, or for a `*` all of its sources'. */
export function addOutputs(node: Node, { block, sources, merged }: Scope, describe: Describe): void {
  const target = as(node, 'ResTarget');
  if (!target?.val) return;
  const fields = as(target.val, 'ColumnRef')?.fields ?? [];
  if (!fields.some((field) => as(field, 'A_Star'))) {
    block.outputs.push({ name: target.name ?? outputName(target.val), expression: describe(target.val) });
    return;
  }
  const alias = names(fields).at(-1);
  const starred = sources.filter((source) => alias === undefined || source.alias === alias);
  if (starred.length === 0 || (alias === undefined && merged.size > 0)) block.outputsKnown = false;
  for (const source of starred) {
    if (source.columnNames === null) block.outputsKnown = false;
    for (const name of source.columnNames ?? [])
      block.outputs.push({ name, expression: describe(columnRef(source.alias, name)) });
  }
}

/** GROUP BY looks at the columns' names before the outputs'. */
export function groupKey(node: Node, block: Block, describe: Describe): Expression {
  const byPosition = outputAt(node, block);
  if (byPosition) return byPosition;
  const own = describe(node);
  return (own.unresolved ? outputNamed(node, block) : undefined) ?? own;
}

/** ORDER BY and DISTINCT ON look at the outputs' names first. */
export function orderTarget(node: Node, block: Block, describe: Describe): Expression {
  return outputAt(node, block) ?? outputNamed(node, block) ?? describe(node);
}

function outputAt(node: Node, block: Block): Expression | undefined {
  const position = as(node, 'A_Const')?.ival?.ival;
  return position === undefined ? undefined : block.outputs[position - 1]?.expression;
}

function outputNamed(node: Node, block: Block): Expression | undefined {
  const [name, ...more] = names(as(node, 'ColumnRef')?.fields);
  if (name === undefined || more.length > 0) return undefined;
  return block.outputs.find((output) => output.name === name)?.expression;
}

/** The keys of an ORDER BY, each with the expression that `target` makes of it. */
export function sortKeys(clause: readonly Node[] | undefined, target: Describe): SortKey[] {
  return (clause ?? []).flatMap((node) => {
    const key = as(node, 'SortBy');
    if (!key?.node) return [];
    const descending = key.sortby_dir === 'SORTBY_DESC';
    const nullsFirst =
      key.sortby_nulls === 'SORTBY_NULLS_FIRST' || (key.sortby_nulls !== 'SORTBY_NULLS_LAST' && descending);
    return [{ expression: target(key.node), descending, nullsFirst }];
  });
}
