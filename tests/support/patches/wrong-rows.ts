import {
  as,
  clone,
  conjunction,
  conjuncts,
  deparse,
  lastName,
  type Node,
  parseExpression,
  parseSelect,
  type SelectStmt,
  walk,
} from '../../../agents/explorer/sql/nodes.ts';
import type { Draw } from '../../generated-target/draw.ts';

/** Changes a SELECT so that it gives other rows; undefined where its form has nothing for that. */
export type WrongRows = (sql: string, about: { rows: number; draw: Draw }) => string | undefined;

/** Keeps what an index would serve (an equality) and drops one of the other conditions. */
export const dropCondition: WrongRows = (sql, { draw }) => {
  const select = topSelect(sql);
  const all = conjuncts(select?.whereClause);
  if (!select || all.length < 2) return undefined;
  const loose = all.filter((node) => !isEquality(node));
  const dropped = draw.pick(loose.length > 0 ? loose : all);
  const kept = all.flatMap((node) => {
    if (node !== dropped) return [node];
    // A parameter that the text no longer has could not be bound.
    return hasParameter(node) ? [orTrue(node)] : [];
  });
  const whereClause = conjunction(kept);
  return whereClause && text({ ...select, whereClause });
};

/** Fewer rows than there are. */
export const addLimit: WrongRows = (sql, { rows, draw }) => {
  const select = topSelect(sql);
  if (!select || rows < 2) return undefined;
  const most = draw.int(1, rows - 1);
  const before = select.limitCount && deparse(select.limitCount);
  const limitCount = parseExpression(before === undefined ? String(most) : `least(${before}, ${most})`);
  return text({ ...select, limitCount, limitOption: 'LIMIT_OPTION_COUNT' });
};

const AGGREGATES = new Set(['count', 'sum', 'avg', 'percentile_cont', 'stddev']);

/** An approximate answer: an aggregate of the SELECT list to the nearest thousand. */
export const roundColumn: WrongRows = (sql, { draw }) => {
  const select = topSelect(sql);
  const targets = (select?.targetList ?? []).filter((node) => aggregates(as(node, 'ResTarget')?.val));
  if (!select || targets.length === 0) return undefined;
  const rounded = draw.pick(targets);
  const targetList = (select.targetList ?? []).map((node) => {
    const target = as(node, 'ResTarget');
    if (node !== rounded || !target?.val) return node;
    const val = parseExpression(`round((${deparse(target.val)})::numeric, -3)`);
    return { ResTarget: { ...target, val, name: target.name ?? outputName(target.val) } };
  });
  return text({ ...select, targetList });
};

function topSelect(sql: string): SelectStmt | undefined {
  const select = parseSelect(sql);
  return select && (select.op ?? 'SETOP_NONE') === 'SETOP_NONE' ? clone(select) : undefined;
}

const text = (select: SelectStmt): string => `${deparse({ SelectStmt: select })};\n`;

function isEquality(node: Node): boolean {
  const expr = as(node, 'A_Expr');
  return expr?.kind === 'AEXPR_OP' && lastName(expr.name) === '=';
}

function hasParameter(node: Node): boolean {
  let found = false;
  walk([node], (inner) => {
    found ||= as(inner, 'ParamRef') !== undefined;
    return true;
  });
  return found;
}

const orTrue = (node: Node): Node => ({
  BoolExpr: { boolop: 'OR_EXPR', args: [node, { A_Const: { boolval: { boolval: true } } }] },
});

/** The value itself is an aggregate, possibly rounded or a subquery that counts. */
function aggregates(value: Node | undefined): boolean {
  if (value === undefined) return false;
  const link = as(value, 'SubLink');
  if (link) {
    const inner = as(link.subselect, 'SelectStmt')?.targetList?.[0];
    return link.subLinkType === 'EXPR_SUBLINK' && aggregates(as(inner, 'ResTarget')?.val);
  }
  const call = as(value, 'FuncCall');
  if (!call || call.over) return false;
  if (lastName(call.funcname) === 'round') return aggregates(call.args?.[0]);
  return AGGREGATES.has(lastName(call.funcname));
}

const outputName = (value: Node): string => lastName(as(value, 'FuncCall')?.funcname) || '?column?';
