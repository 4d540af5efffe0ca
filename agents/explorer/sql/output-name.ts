import type { Node } from './nodes.ts';
import { as, lastName } from './nodes.ts';

/** The name that PostgreSQL gives an output without AS. */
export function outputName(node: Node): string {
  const call = as(node, 'FuncCall');
  if (call) return lastName(call.funcname);
  const fields = as(node, 'ColumnRef')?.fields;
  if (fields) return lastName(fields);
  const cast = as(node, 'TypeCast');
  if (cast?.arg) {
    const inner = outputName(cast.arg);
    return inner === '?column?' ? lastName(cast.typeName?.names) : inner;
  }
  if (as(node, 'CoalesceExpr')) return 'coalesce';
  if (as(node, 'CaseExpr')) return 'case';
  const link = as(node, 'SubLink');
  if (link?.subLinkType === 'EXISTS_SUBLINK') return 'exists';
  if (link?.subLinkType === 'EXPR_SUBLINK') {
    const first = as(as(link.subselect, 'SelectStmt')?.targetList?.[0], 'ResTarget');
    return first?.name ?? (first?.val ? outputName(first.val) : '?column?');
  }
  const limits = as(node, 'MinMaxExpr');
  if (limits) return limits.op === 'IS_LEAST' ? 'least' : 'greatest';
  return '?column?';
}
