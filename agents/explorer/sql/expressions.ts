import type { ColumnUse, Expression, Source } from './analysed-query.ts';
import { typeOf } from './expression-type.ts';
import { isImmutable } from './immutability.ts';
import type { Node } from './nodes.ts';
import { as, canonical, clone, columnRef, deparse, lastName, replaceNodes, walk } from './nodes.ts';
import type { Scope } from './scope.ts';
import { resolveColumn } from './scope.ts';

/** PostgreSQL's own aggregates; a user's own are not known to be such. */
const AGGREGATES = new Set([
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'bool_and',
  'bool_or',
  'every',
  'string_agg',
  'array_agg',
  'json_agg',
  'jsonb_agg',
  'json_object_agg',
  'jsonb_object_agg',
  'stddev',
  'stddev_pop',
  'stddev_samp',
  'variance',
  'var_pop',
  'var_samp',
  'corr',
  'covar_pop',
  'covar_samp',
  'bit_and',
  'bit_or',
  'percentile_cont',
  'percentile_disc',
  'mode',
  'regr_slope',
  'regr_intercept',
  'regr_r2',
  'regr_count',
]);

/** Analyses a subquery that stands within an expression and gives the uses it makes of enclosing blocks. */
export type SubqueryUses = (node: Node) => readonly ColumnUse[];

export function isAggregateCall(node: Node): boolean {
  const call = as(node, 'FuncCall');
  return call !== undefined && call.over === undefined && AGGREGATES.has(lastName(call.funcname));
}

export function describeExpression(node: Node, scope: Scope, subqueryUses: SubqueryUses): Expression {
  const columns: ColumnUse[] = [];
  const params = new Set<number>();
  const resolved = new Map<string, ColumnUse | null>();
  const found = { unresolved: false, subquery: false, aggregate: false, window: false };
  walk([node], (child) => {
    const sub = as(child, 'SubLink');
    if (sub) {
      found.subquery = true;
      columns.push(...subqueryUses(child));
      walk(sub, (inner) => {
        const number = as(inner, 'ParamRef')?.number;
        if (number !== undefined) params.add(number);
        return true;
      });
      if (sub.testexpr) {
        const test = describeExpression(sub.testexpr, scope, subqueryUses);
        columns.push(...test.columns);
        found.unresolved ||= test.unresolved;
      }
      return false;
    }
    if (as(child, 'ColumnRef')) {
      const use = resolveColumn(scope, child);
      resolved.set(canonical(child), use);
      if (use) columns.push(use);
      else found.unresolved = true;
    }
    const number = as(child, 'ParamRef')?.number;
    if (number !== undefined) params.add(number);
    if (as(child, 'FuncCall')?.over) found.window = true;
    else if (isAggregateCall(child)) found.aggregate = true;
    return true;
  });
  const columnType = (reference: Node) => resolved.get(canonical(reference))?.column?.type ?? null;
  const immutable =
    !found.subquery && params.size === 0 && !found.unresolved && isImmutable(node, columnType);
  return {
    node,
    sql: deparse(node),
    type: typeOf(node, columnType),
    columns,
    unresolved: found.unresolved,
    column: as(node, 'ColumnRef') ? (columns[0] ?? null) : null,
    params: [...params].sort((a, b) => a - b),
    hasSubquery: found.subquery,
    hasAggregate: found.aggregate,
    hasWindow: found.window,
    immutable,
    indexSql: immutable ? indexSql(node, columns) : null,
  };
}

function indexSql(node: Node, columns: readonly ColumnUse[]): string | null {
  const source = onlySource(columns);
  if (source?.table == null) return null;
  const bare = clone([node]);
  replaceNodes(bare, (child) => {
    const fields = as(child, 'ColumnRef')?.fields;
    return fields ? columnRef(lastName(fields)) : undefined;
  });
  const text = deparse(bare[0] ?? node);
  return as(node, 'ColumnRef') ? text : `(${text})`;
}

/** The one source of the block itself that all uses are of, or null. */
function onlySource(columns: readonly ColumnUse[]): Source | null {
  const sources = new Set(columns.map((use) => use.source));
  if (columns.some((use) => use.outer)) return null;
  return sources.size === 1 ? ([...sources][0] ?? null) : null;
}

/** True where the column cannot be NULL in the rows of the block that uses it. */
export function isNotNull(use: ColumnUse): boolean {
  return use.origin?.column.notNull === true && use.source.join === 'inner';
}
