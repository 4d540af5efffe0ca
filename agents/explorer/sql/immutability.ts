import type { A_Expr } from 'libpg-query';
import type { ColumnType } from './expression-type.ts';
import { TEXTUAL, typeOf } from './expression-type.ts';
import type { Node } from './nodes.ts';
import { as, lastName, names } from './nodes.ts';

/** Functions that are immutable whatever their arguments' types. */
const IMMUTABLE = new Set([
  'lower',
  'upper',
  'initcap',
  'substring',
  'substr',
  'left',
  'right',
  'btrim',
  'ltrim',
  'rtrim',
  'replace',
  'split_part',
  'md5',
  'reverse',
  'repeat',
  'lpad',
  'rpad',
  'length',
  'char_length',
  'position',
  'strpos',
  'ascii',
  'abs',
  'mod',
  'round',
  'floor',
  'ceil',
  'ceiling',
  'trunc',
  'sign',
  'sqrt',
  'power',
  'div',
  'jsonb_array_length',
  'jsonb_typeof',
  'json_array_length',
  'json_typeof',
  'jsonb_extract_path_text',
  'jsonb_extract_path',
  'timezone',
]);

/** True only where PostgreSQL is known to hold the expression immutable, which an index demands. */
export function isImmutable(node: Node, column: ColumnType): boolean {
  const all = (nodes: readonly (Node | undefined)[]) =>
    nodes.every((child) => child === undefined || isImmutable(child, column));
  if (as(node, 'ColumnRef')) return column(node) !== null;
  if (as(node, 'A_Const')) return true;
  const cast = as(node, 'TypeCast');
  if (cast?.arg)
    return immutableCast(typeOf(cast.arg, column), typeOf(node, column)) && isImmutable(cast.arg, column);
  const bool = as(node, 'BoolExpr') ?? as(node, 'CoalesceExpr') ?? as(node, 'MinMaxExpr');
  if (bool) return all(bool.args ?? []);
  const test = as(node, 'NullTest') ?? as(node, 'BooleanTest') ?? as(node, 'CollateClause');
  if (test?.arg) return isImmutable(test.arg, column);
  const choice = as(node, 'CaseExpr');
  if (choice)
    return all([
      choice.arg,
      choice.defresult,
      ...(choice.args ?? []).flatMap((when) => [as(when, 'CaseWhen')?.expr, as(when, 'CaseWhen')?.result]),
    ]);
  const call = as(node, 'FuncCall');
  if (call) {
    const args = call.args ?? [];
    if (call.over || call.agg_distinct || call.agg_star || call.agg_filter) return false;
    return immutableCall(lastName(call.funcname), args, column) && all(args);
  }
  const operation = as(node, 'A_Expr');
  if (operation?.kind !== 'AEXPR_OP') return false;
  return immutableOperation(operation, column) && all([operation.lexpr, operation.rexpr]);
}

function immutableCast(from: string | null, to: string | null): boolean {
  if (from === null || to === null) return false;
  if (from === 'unknown' || from === to) return true;
  const plain = ['int2', 'int4', 'int8', 'numeric', 'float4', 'float8', 'bool', 'uuid', 'jsonb'];
  if (TEXTUAL.has(from)) return plain.includes(to) || TEXTUAL.has(to);
  if (TEXTUAL.has(to)) return ['int2', 'int4', 'int8', 'numeric', 'bool', 'uuid', 'jsonb'].includes(from);
  if (plain.includes(from)) return plain.includes(to);
  return (
    (from === 'timestamp' && (to === 'date' || to === 'time')) || (from === 'date' && to === 'timestamp')
  );
}

function immutableCall(name: string, args: readonly Node[], column: ColumnType): boolean {
  const types = args.map((arg) => typeOf(arg, column));
  if (types.includes(null)) return false;
  const second = types[1] ?? null;
  if (name === 'date_trunc') return second === 'timestamp' || second === 'interval';
  if (name === 'extract' || name === 'date_part')
    return ['date', 'timestamp', 'time', 'interval'].includes(second ?? '');
  return IMMUTABLE.has(name);
}

function immutableOperation(operation: A_Expr, column: ColumnType): boolean {
  const types = [operation.lexpr, operation.rexpr].flatMap((side) =>
    side === undefined ? [] : [typeOf(side, column)],
  );
  if (types.includes(null)) return false;
  const operator = names(operation.name).at(-1) ?? '';
  if (operator === '||')
    return (
      types.every((type) => TEXTUAL.has(type ?? '')) ||
      types.every((type) => type === 'jsonb' || type === 'unknown')
    );
  if (types.includes('timestamptz'))
    return types.every((type) => type === 'timestamptz' || type === 'unknown');
  return true;
}
