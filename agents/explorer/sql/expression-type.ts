import type { A_Expr } from 'libpg-query';
import type { Node } from './nodes.ts';
import { as, lastName, names } from './nodes.ts';

/** The type of a column reference, where it is known. */
export type ColumnType = (node: Node) => string | null;

/** Types whose values are text, a literal of no type yet among them. */
export const TEXTUAL = new Set(['text', 'varchar', 'bpchar', 'name', 'unknown']);
const INTEGER = ['int2', 'int4', 'int8'];
const COMPARISON = new Set([
  '=',
  '<>',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '~~',
  '!~~',
  '~~*',
  '!~~*',
  '~',
  '~*',
  '!~',
  '!~*',
  '@>',
  '<@',
  '?',
  '?|',
  '?&',
  '@?',
  '@@',
  '&&',
]);

/** Result type by function name where it does not depend on the arguments. */
const FUNCTION_TYPE: Record<string, string> = {
  lower: 'text',
  upper: 'text',
  initcap: 'text',
  substring: 'text',
  substr: 'text',
  left: 'text',
  right: 'text',
  btrim: 'text',
  ltrim: 'text',
  rtrim: 'text',
  replace: 'text',
  split_part: 'text',
  md5: 'text',
  reverse: 'text',
  repeat: 'text',
  lpad: 'text',
  rpad: 'text',
  concat: 'text',
  to_char: 'text',
  length: 'int4',
  char_length: 'int4',
  position: 'int4',
  strpos: 'int4',
  ascii: 'int4',
  count: 'int8',
  row_number: 'int8',
  rank: 'int8',
  dense_rank: 'int8',
  extract: 'numeric',
  date_part: 'float8',
  now: 'timestamptz',
  jsonb_array_length: 'int4',
  jsonb_typeof: 'text',
  json_array_length: 'int4',
  json_typeof: 'text',
  bool_or: 'bool',
  bool_and: 'bool',
  every: 'bool',
  percentile_cont: 'float8',
};

const SAME_AS_FIRST = new Set([
  'abs',
  'min',
  'max',
  'mod',
  'first_value',
  'last_value',
  'lag',
  'lead',
  'nth_value',
]);

/** PostgreSQL's name of an expression's type, or null where that is not certain. A bare string literal is `unknown`. */
export function typeOf(node: Node, column: ColumnType): string | null {
  const constant = as(node, 'A_Const');
  if (constant) {
    if (constant.ival) return 'int4';
    if (constant.fval) return 'numeric';
    if (constant.boolval) return 'bool';
    return 'unknown';
  }
  if (as(node, 'ColumnRef')) return column(node);
  const cast = as(node, 'TypeCast');
  if (cast) {
    const name = lastName(cast.typeName?.names);
    if (name === '') return null;
    return (cast.typeName?.arrayBounds?.length ?? 0) > 0 ? `_${name}` : name;
  }
  if (as(node, 'BoolExpr') || as(node, 'NullTest') || as(node, 'BooleanTest')) return 'bool';
  const sub = as(node, 'SubLink');
  if (sub) return sub.subLinkType === 'EXPR_SUBLINK' || sub.subLinkType === 'ARRAY_SUBLINK' ? null : 'bool';
  const coalesce = as(node, 'CoalesceExpr') ?? as(node, 'MinMaxExpr');
  if (coalesce) return common((coalesce.args ?? []).map((arg) => typeOf(arg, column)));
  const choice = as(node, 'CaseExpr');
  if (choice) {
    const results = (choice.args ?? []).flatMap((when) => as(when, 'CaseWhen')?.result ?? []);
    if (choice.defresult) results.push(choice.defresult);
    return common(results.map((result) => typeOf(result, column)));
  }
  const collate = as(node, 'CollateClause');
  if (collate?.arg) return typeOf(collate.arg, column);
  const call = as(node, 'FuncCall');
  if (call) return callType(lastName(call.funcname), call.args ?? [], column);
  const operation = as(node, 'A_Expr');
  return operation ? operationType(operation, column) : null;
}

function common(types: readonly (string | null)[]): string | null {
  const known = new Set(types.filter((type) => type !== 'unknown'));
  if (known.size === 1) return [...known][0] ?? null;
  return known.size === 0 ? 'text' : null;
}

function callType(name: string, args: readonly Node[], column: ColumnType): string | null {
  const first = args[0] === undefined ? null : typeOf(args[0], column);
  if (name === 'date_trunc') {
    const second = args[1] === undefined ? null : typeOf(args[1], column);
    return second === 'date' ? 'timestamptz' : second;
  }
  if (name === 'timezone') {
    const second = args[1] === undefined ? null : typeOf(args[1], column);
    if (second === 'timestamptz') return 'timestamp';
    return second === 'timestamp' ? 'timestamptz' : null;
  }
  if (name === 'sum') return sumType(first);
  if (name === 'avg')
    return first !== null && ['int2', 'int4', 'int8', 'numeric'].includes(first)
      ? 'numeric'
      : first === 'float4'
        ? 'float8'
        : first;
  if (SAME_AS_FIRST.has(name)) return first;
  if (['round', 'floor', 'ceil', 'ceiling', 'trunc'].includes(name)) {
    if (args.length > 1 || first === 'numeric') return 'numeric';
    return first === null ? null : 'float8';
  }
  return FUNCTION_TYPE[name] ?? null;
}

function sumType(argument: string | null): string | null {
  if (argument === 'int2' || argument === 'int4') return 'int8';
  return argument === 'int8' ? 'numeric' : argument;
}

function operationType(operation: A_Expr, column: ColumnType): string | null {
  if (operation.kind !== 'AEXPR_OP')
    return operation.kind === 'AEXPR_NULLIF' && operation.lexpr ? typeOf(operation.lexpr, column) : 'bool';
  const operator = names(operation.name).at(-1) ?? '';
  if (COMPARISON.has(operator)) return 'bool';
  if (operator === '->>' || operator === '#>>') return 'text';
  const left = operation.lexpr ? typeOf(operation.lexpr, column) : null;
  const right = operation.rexpr ? typeOf(operation.rexpr, column) : null;
  if (operator === '->' || operator === '#>') return left;
  if (operator === '||')
    return left !== null && right !== null && TEXTUAL.has(left) && TEXTUAL.has(right) ? 'text' : null;
  if (operation.lexpr === undefined) return right;
  if (left === null || right === null) return null;
  if (left === right)
    return left === 'date' && operator === '-' ? 'int4' : left.startsWith('timestamp') ? 'interval' : left;
  if (INTEGER.includes(left) && INTEGER.includes(right))
    return INTEGER[Math.max(INTEGER.indexOf(left), INTEGER.indexOf(right))] ?? null;
  if ([left, right].includes('float8') && isNumber(left) && isNumber(right)) return 'float8';
  if (
    [left, right].includes('numeric') &&
    isNumber(left) &&
    isNumber(right) &&
    left !== 'float4' &&
    right !== 'float4'
  )
    return 'numeric';
  if (right === 'interval') return left === 'date' ? 'timestamp' : left;
  if (left === 'date' && INTEGER.includes(right)) return 'date';
  return null;
}

export function isNumber(type: string | null): boolean {
  return type !== null && (INTEGER.includes(type) || ['numeric', 'float4', 'float8'].includes(type));
}
