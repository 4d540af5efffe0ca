import type { Block, ColumnUse, Expression, JoinEquality, Predicate, Source } from './analysed-query.ts';
import type { Node } from './nodes.ts';
import { as, conjuncts, disjuncts, lastName } from './nodes.ts';

export type Describe = (node: Node) => Expression;

const FLIPPED: Record<string, string> = {
  '=': '=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '@>': '<@',
  '<@': '@>',
};
const RANGE = new Set(['<', '<=', '>', '>=']);
const JSON_OPERATORS = new Set(['@>', '<@', '?', '?|', '?&', '@?', '@@', '&&']);
const REGEX = new Set(['~', '~*']);

type Clause = Predicate['clause'];

/** Adds one conjunct of WHERE or ON to the block's predicates, and to its joins where it equates two sources. */
export function addCondition(node: Node, block: Block, clause: Clause, describe: Describe): void {
  block.predicates.push(classifyPredicate(node, clause, describe));
  const join = joinEquality(node, clause === 'outer on' ? 'outer' : 'inner', describe);
  if (join) block.joins.push(join);
}

/** What one conjunct of a condition says, with the column's side on the left. */
function classifyPredicate(node: Node, clause: Clause, describe: Describe): Predicate {
  const whole = describe(node);
  const other = (kind: Predicate['kind'], operator: string): Predicate => ({
    ...base(whole, clause),
    kind,
    operator,
    source: sourceOf(whole),
  });

  const bool = as(node, 'BoolExpr');
  if (bool?.boolop === 'OR_EXPR') {
    const branches = disjuncts(node).map((branch) =>
      conjuncts(branch).map((part) => classifyPredicate(part, clause, describe)),
    );
    return { ...other('or', 'OR'), branches };
  }
  const negated = bool?.boolop === 'NOT_EXPR' ? bool.args?.[0] : undefined;
  if (negated) {
    if (as(negated, 'ColumnRef')) return { ...other('boolean', 'IS FALSE'), on: describe(negated) };
    if (as(negated, 'SubLink')) return other('subquery', subqueryOperator(negated, 'NOT '));
    return other('other', 'NOT');
  }
  if (as(node, 'ColumnRef')) return { ...other('boolean', 'IS TRUE'), on: whole };
  if (as(node, 'SubLink')) return other('subquery', subqueryOperator(node, ''));
  const test = as(node, 'NullTest');
  if (test?.arg)
    return {
      ...other('null', test.nulltesttype === 'IS_NULL' ? 'IS NULL' : 'IS NOT NULL'),
      on: describe(test.arg),
    };
  const truth = as(node, 'BooleanTest');
  if (truth?.arg)
    return {
      ...other('boolean', (truth.booltesttype ?? 'IS_TRUE').replaceAll('_', ' ')),
      on: describe(truth.arg),
    };
  return as(node, 'A_Expr') ? comparison(node, whole, clause, describe) : other('other', '');
}

function comparison(node: Node, whole: Expression, clause: Clause, describe: Describe): Predicate {
  const fallback: Predicate = {
    ...base(whole, clause),
    kind: 'other',
    operator: '',
    source: sourceOf(whole),
  };
  const expr = as(node, 'A_Expr');
  if (!expr?.lexpr || !expr.rexpr) return fallback;
  const name = lastName(expr.name);
  const left = describe(expr.lexpr);
  const list = as(expr.rexpr, 'List')?.items?.map(describe);
  const right = list ?? [describe(expr.rexpr)];
  const leftIsLocal = left.columns.some((use) => !use.outer);
  const rightIsLocal = right.some((value) => value.columns.some((use) => !use.outer));
  const make = (kind: Predicate['kind'], operator: string, on: Expression, values: Expression[]): Predicate =>
    shaped({ ...fallback, kind, operator, on, values, source: sourceOf(on), value: valueKind(values) });

  if (expr.kind === 'AEXPR_IN')
    return name === '=' && leftIsLocal && !rightIsLocal
      ? make('equality', 'IN', left, right)
      : { ...fallback, operator: 'NOT IN' };
  if (expr.kind === 'AEXPR_OP_ANY')
    return name === '=' && leftIsLocal && !rightIsLocal ? make('equality', '= ANY', left, right) : fallback;
  if (expr.kind === 'AEXPR_BETWEEN')
    return leftIsLocal && !rightIsLocal ? make('range', 'BETWEEN', left, right) : fallback;
  if (expr.kind === 'AEXPR_LIKE' || expr.kind === 'AEXPR_ILIKE') {
    const operator = expr.kind === 'AEXPR_LIKE' ? 'LIKE' : 'ILIKE';
    return !name.startsWith('!') && leftIsLocal && !rightIsLocal
      ? make('like', operator, left, right)
      : { ...fallback, operator: `NOT ${operator}` };
  }
  if (expr.kind === 'AEXPR_NOT_DISTINCT')
    return leftIsLocal && !rightIsLocal ? make('equality', 'IS NOT DISTINCT FROM', left, right) : fallback;
  if (expr.kind !== 'AEXPR_OP') return fallback;

  const value = right[0];
  if (value === undefined) return fallback;
  if (leftIsLocal && rightIsLocal) {
    const one = sourceOf(left);
    const two = sourceOf(value);
    return {
      ...fallback,
      kind: one !== null && two !== null && one !== two ? 'join' : 'other',
      operator: name,
      on: left,
      values: right,
    };
  }
  const flipped = FLIPPED[name];
  if (!leftIsLocal && flipped === undefined) return { ...fallback, operator: name };
  const on = leftIsLocal ? left : value;
  const values = leftIsLocal ? [value] : [left];
  const operator = leftIsLocal ? name : (flipped ?? name);
  if (operator === '=') return make('equality', operator, on, values);
  if (RANGE.has(operator)) return make('range', operator, on, values);
  if (REGEX.has(operator)) return make('like', operator, on, values);
  if (JSON_OPERATORS.has(operator)) return make('json', operator, on, values);
  return { ...make('other', operator, on, values) };
}

/** `left = right` between two plain columns of different sources. */
function joinEquality(node: Node, kind: JoinEquality['kind'], describe: Describe): JoinEquality | null {
  const expr = as(node, 'A_Expr');
  if (expr?.kind !== 'AEXPR_OP' || lastName(expr.name) !== '=' || !expr.lexpr || !expr.rexpr) return null;
  const left: ColumnUse | null = describe(expr.lexpr).column;
  const right: ColumnUse | null = describe(expr.rexpr).column;
  return left && right && left.source !== right.source ? { left, right, kind } : null;
}

function base(whole: Expression, clause: Clause): Predicate {
  return {
    whole,
    clause,
    kind: 'other',
    source: null,
    operator: '',
    on: null,
    values: [],
    value: 'none',
    pattern: null,
    branches: [],
  };
}

function sourceOf(expression: Expression): Source | null {
  if (expression.unresolved) return null;
  const local = new Set(expression.columns.filter((use) => !use.outer).map((use) => use.source));
  return local.size === 1 ? ([...local][0] ?? null) : null;
}

function valueKind(values: readonly Expression[]): Predicate['value'] {
  if (values.some((value) => value.columns.length > 0 || value.hasSubquery || value.unresolved))
    return 'expression';
  if (values.some((value) => value.params.length > 0))
    return values.every((value) => value.params.length === 0 || isParam(value.node)) ? 'param' : 'expression';
  return values.every((value) => value.immutable || isLiteral(value.node)) ? 'literal' : 'expression';
}

/** `$1` or `$1::type`. */
export function isParam(node: Node): boolean {
  if (as(node, 'ParamRef')) return true;
  const arg = as(node, 'TypeCast')?.arg;
  return arg !== undefined && isParam(arg);
}

export function isLiteral(node: Node): boolean {
  if (as(node, 'A_Const')) return true;
  const arg = as(node, 'TypeCast')?.arg;
  return arg !== undefined && isLiteral(arg);
}

function shaped(predicate: Predicate): Predicate {
  if (predicate.kind !== 'like') return predicate;
  const text = as(predicate.values[0]?.node, 'A_Const')?.sval?.sval;
  if (text === undefined || REGEX.has(predicate.operator)) return { ...predicate, pattern: 'unknown' };
  return { ...predicate, pattern: patternShape(text) };
}

function patternShape(pattern: string): NonNullable<Predicate['pattern']> {
  if (/[_\\]/.test(pattern)) return 'unknown';
  const parts = pattern.split('%');
  if (parts.length === 1) return 'exact';
  if (parts.length === 2 && parts[1] === '') return 'prefix';
  if (parts.length === 2 && parts[0] === '') return 'suffix';
  return parts.length === 3 && parts[0] === '' && parts[2] === '' ? 'infix' : 'unknown';
}

function subqueryOperator(node: Node, not: string): string {
  return as(node, 'SubLink')?.subLinkType === 'EXISTS_SUBLINK' ? `${not}EXISTS` : `${not}IN`;
}
