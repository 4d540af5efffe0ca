import type { Canonicalizer } from './canonicalizer.ts';
import {
  isPlaceholder,
  literalText,
  placeholderNode,
  sameExpression,
  withoutNumbers,
} from './placeholder.ts';
import { resolveColumn, type Scope } from './scope.ts';
import { fieldsOf, listOf, namesOf, stringNode, type Tree, type Value } from './tree.ts';

type Rewrite = (fields: Tree, scopes: readonly Scope[], canonicalizer: Canonicalizer) => Value;

/** How a node of each type is rewritten; a type that is not named keeps its form and has its children visited. */
export const EXPRESSIONS: Readonly<Record<string, Rewrite>> = {
  A_Const: (fields, _scopes, { found }) => placeholderNode(found, { literal: literalText(fields) }),
  ParamRef: (fields, _scopes, { found }) => placeholderNode(found, { param: Number(fields['number'] ?? 0) }),
  ColumnRef(fields, scopes) {
    resolveColumn(fields, scopes);
    return { ColumnRef: fields };
  },
  TypeCast(fields, scopes, { visit }) {
    fields['arg'] = visit(fields['arg'], scopes);
    canonicalType(fields['typeName']);
    return { TypeCast: fields };
  },
  FuncCall(fields, scopes, { visit }) {
    for (const key of ['args', 'agg_order', 'agg_filter', 'over']) {
      if (fields[key] !== undefined) fields[key] = visit(fields[key], scopes);
    }
    const names = namesOf(fields['funcname']);
    // EXTRACT(year FROM x) and extract('year', x) are one function call, and its field is a constant.
    fields['funcname'] = names
      .filter((name, index) => index === names.length - 1 || !BUILT_IN_SCHEMAS.has(name))
      .map(stringNode);
    fields['funcformat'] = 'COERCE_EXPLICIT_CALL';
    return { FuncCall: fields };
  },
  SortBy(fields, scopes, { visit }) {
    fields['node'] = visit(fields['node'], scopes);
    canonicalDirection(fields);
    return { SortBy: fields };
  },
  A_ArrayExpr(fields, scopes, canonicalizer) {
    fields['elements'] = canonicalList(
      listOf(canonicalizer.visit(fields['elements'], scopes)),
      canonicalizer,
    );
    return { A_ArrayExpr: fields };
  },
  A_Expr(fields, scopes, canonicalizer) {
    fields['lexpr'] = canonicalizer.visit(fields['lexpr'], scopes);
    fields['rexpr'] = canonicalizer.visit(fields['rexpr'], scopes);
    if (fields['lexpr'] === undefined) delete fields['lexpr'];
    canonicalOperator(fields);
    // Next to a column the column gives a constant its type, so a cast there says nothing more.
    if (isColumn(fields['lexpr'])) fields['rexpr'] = withoutCasts(fields['rexpr']);
    if (isColumn(fields['rexpr'])) fields['lexpr'] = withoutCasts(fields['lexpr']);
    const list = fieldsOf(fields['rexpr'], 'List');
    if (fields['kind'] === 'AEXPR_IN' && list !== undefined)
      list['items'] = canonicalList(listOf(list['items']), canonicalizer);
    return { A_Expr: fields };
  },
  BoolExpr(fields, scopes, { visit }) {
    fields['args'] = visit(fields['args'], scopes);
    return asBetween(fields) ?? { BoolExpr: fields };
  },
};

const BUILT_IN_SCHEMAS = new Set(['pg_catalog', 'public']);

/** `pg_catalog.int4` is how the parser spells `int`; lengths and precisions are constants to PostgreSQL's query id. */
function canonicalType(type: Value): void {
  if (typeof type !== 'object' || Array.isArray(type)) return;
  const names = namesOf(type['names']);
  if (names.length > 1 && BUILT_IN_SCHEMAS.has(names[0] ?? ''))
    type['names'] = names.slice(1).map(stringNode);
  delete type['typmods'];
  type['typemod'] = -1;
}

const LIKE_KINDS: Readonly<Record<string, string>> = {
  '~~': 'AEXPR_LIKE',
  '!~~': 'AEXPR_LIKE',
  '~~*': 'AEXPR_ILIKE',
  '!~~*': 'AEXPR_ILIKE',
};

function canonicalOperator(fields: Tree): void {
  const names = namesOf(fields['name']);
  const [operator] = names.slice(-1);
  if (names.length === 2 && names[0] === 'pg_catalog' && operator !== undefined)
    fields['name'] = [stringNode(operator)];
  if (fields['kind'] === 'AEXPR_OP' && operator !== undefined)
    fields['kind'] = fields['lexpr'] === undefined ? 'AEXPR_OP' : (LIKE_KINDS[operator] ?? 'AEXPR_OP');
}

/** ASC, and the place of NULLs that follows from the direction, are what PostgreSQL assumes. */
export function canonicalDirection(fields: Tree): void {
  if (fields['sortby_dir'] === 'SORTBY_ASC') fields['sortby_dir'] = 'SORTBY_DEFAULT';
  const usual = fields['sortby_dir'] === 'SORTBY_DESC' ? 'SORTBY_NULLS_FIRST' : 'SORTBY_NULLS_LAST';
  if (fields['sortby_nulls'] === usual) fields['sortby_nulls'] = 'SORTBY_NULLS_DEFAULT';
}

function isColumn(value: Value): boolean {
  return fieldsOf(value, 'ColumnRef') !== undefined;
}

/** A constant without the casts around it; a list of them alike. Anything else is returned as it is. */
export function withoutCasts(value: Value): Value {
  const list = fieldsOf(value, 'List');
  if (list !== undefined) {
    list['items'] = listOf(list['items']).map(withoutCasts);
    return value;
  }
  let inner = value;
  for (let cast = fieldsOf(inner, 'TypeCast'); cast !== undefined; cast = fieldsOf(inner, 'TypeCast'))
    inner = cast['arg'];
  return isPlaceholder(inner) ? inner : value;
}

/** The list with each form of constant once: lists that differ only in their length become equal. */
export function canonicalList(items: Value[], { keepLists }: Pick<Canonicalizer, 'keepLists'>): Value[] {
  if (keepLists) return items;
  const seen = new Set<string>();
  return items.filter((item) => {
    if (!isConstant(item)) return true;
    const form = withoutNumbers(item);
    if (seen.has(form)) return false;
    seen.add(form);
    return true;
  });
}

function isConstant(value: Value): boolean {
  if (isPlaceholder(value) || fieldsOf(value, 'SetToDefault') !== undefined) return true;
  const cast = fieldsOf(value, 'TypeCast');
  if (cast !== undefined) return isConstant(cast['arg']);
  const many =
    fieldsOf(value, 'RowExpr')?.['args'] ??
    fieldsOf(value, 'List')?.['items'] ??
    fieldsOf(value, 'A_ArrayExpr')?.['elements'];
  return Array.isArray(many) && many.every(isConstant);
}

/** PostgreSQL makes `x >= a AND x <= b` of `x BETWEEN a AND b`, so where nothing else is in the AND they are one. */
function asBetween(fields: Tree): Tree | undefined {
  const args = listOf(fields['args']);
  if (fields['boolop'] !== 'AND_EXPR' || args.length !== 2) return undefined;
  const lower = fieldsOf(args[0], 'A_Expr');
  const upper = fieldsOf(args[1], 'A_Expr');
  if (lower === undefined || upper === undefined) return undefined;
  if (!isComparison(lower, '>=') || !isComparison(upper, '<=')) return undefined;
  if (!sameExpression(lower['lexpr'], upper['lexpr'])) return undefined;
  return {
    A_Expr: {
      kind: 'AEXPR_BETWEEN',
      name: [stringNode('BETWEEN')],
      lexpr: lower['lexpr'],
      rexpr: { List: { items: [lower['rexpr'], upper['rexpr']] } },
    },
  };
}

function isComparison(fields: Tree, operator: string): boolean {
  return fields['kind'] === 'AEXPR_OP' && namesOf(fields['name']).join('.') === operator;
}
