import type { FuncCall, SelectStmt, WindowDef } from 'libpg-query';
import type { Aggregate, Block, WindowUse } from './analysed-query.ts';
import { isAggregateCall } from './expressions.ts';
import type { Node } from './nodes.ts';
import { as, lastName, walk } from './nodes.ts';
import { sortKeys } from './output-columns.ts';
import type { Describe } from './predicates.ts';

/** Adds the aggregates and window functions that a SELECT itself calls; those of its subqueries are their blocks'. */
export function addCalls(select: SelectStmt, block: Block, describe: Describe): void {
  const windows = (select.windowClause ?? []).flatMap((node) => as(node, 'WindowDef') ?? []);
  walk([select.targetList, select.havingClause, select.sortClause], (node) => {
    if (as(node, 'SubLink')) return false;
    const call = as(node, 'FuncCall');
    if (call?.over) block.windows.push(windowUse(node, call, call.over, windows, describe));
    else if (call && isAggregateCall(node)) block.aggregates.push(aggregate(node, call, describe));
    return true;
  });
}

function windowUse(
  node: Node,
  call: FuncCall,
  over: WindowDef,
  windows: readonly WindowDef[],
  describe: Describe,
): WindowUse {
  const name = over.name ?? over.refname;
  const window = windows.find((candidate) => name !== undefined && candidate.name === name) ?? over;
  return {
    name: lastName(call.funcname),
    args: (call.args ?? []).map(describe),
    partitionBy: (window.partitionClause ?? []).map(describe),
    orderBy: sortKeys(window.orderClause, describe),
    node,
  };
}

function aggregate(node: Node, call: FuncCall, describe: Describe): Aggregate {
  return {
    name: lastName(call.funcname),
    args: (call.args ?? []).map(describe),
    star: call.agg_star === true,
    distinct: call.agg_distinct === true,
    filter: call.agg_filter ? describe(call.agg_filter) : null,
    ordered: (call.agg_order?.length ?? 0) > 0 || call.agg_within_group === true,
    node,
  };
}
