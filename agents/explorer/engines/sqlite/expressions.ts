import type { A_Const, CaseExpr, SubLink } from 'libpg-query';
import { as, deparse, lastName, type Node, tagOf } from '../../sql/nodes.ts';
import { Untranslatable } from '../engine.ts';
import { callTerm } from './calls.ts';
import { boolean, condition } from './conditions.ts';
import { operationTerm } from './operations.ts';
import { columnTerm, resolveName, type Scope } from './scopes.ts';
import { ordered } from './sort-keys.ts';
import { storedExpression } from './stored-expressions.ts';
import { cast, combined, decimalLiteral, list, parameter, type Term, TYPE_NAMES, unify } from './terms.ts';
import type { Translation } from './translation.ts';

/**
 * In SQLite's dialect; where SQLite has no equal, as a stored column that PostgreSQL computes, which is right for
 * every immutable expression of one row. Throws Untranslatable for anything else.
 */
export function translateExpression(node: Node, scope: Scope, to: Translation): Term {
  try {
    return translate(node, scope, to);
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    const stored = storedExpression(node, scope, to);
    if (stored === null) throw error;
    return stored;
  }
}

function translate(node: Node, scope: Scope, to: Translation): Term {
  const term = (inner: Node | undefined): Term => {
    if (inner === undefined) throw new Untranslatable('an operand is missing');
    return to.expression(inner, scope);
  };
  const constant = as(node, 'A_Const');
  if (constant) return literal(constant);
  if (as(node, 'ColumnRef')) {
    const found = resolveName(scope, node);
    if (found === null) throw new Untranslatable(`it refers to an unknown column ${deparse(node)}`);
    return columnTerm(found.source, found.name, to.store);
  }
  const param = as(node, 'ParamRef')?.number;
  if (param !== undefined) return parameter(param, to.paramTypes[param - 1] ?? '');
  const typed = as(node, 'TypeCast');
  if (typed) {
    const { name, scale } = castType(typed.typeName?.names, typed.typeName?.typmods);
    if ((typed.typeName?.arrayBounds?.length ?? 0) > 0) throw new Untranslatable('it makes an array');
    return cast(term(typed.arg), name, scale);
  }
  const bool = as(node, 'BoolExpr');
  if (bool) {
    const args = (bool.args ?? []).map((arg) => condition(term(arg)));
    if (bool.boolop === 'NOT_EXPR') return boolean(`NOT ${args[0]}`);
    return boolean(args.join(bool.boolop === 'AND_EXPR' ? ' AND ' : ' OR '));
  }
  const test = as(node, 'NullTest');
  if (test)
    return boolean(`${term(test.arg).sql} IS ${test.nulltesttype === 'IS_NULL' ? '' : 'NOT '}NULL`, true);
  const truth = as(node, 'BooleanTest');
  if (truth) {
    const [kind = ''] = /(?<=^IS_).*/.exec(truth.booltesttype ?? '') ?? [];
    return boolean(
      `${condition(term(truth.arg))} IS ${kind.replaceAll('_', ' ').replace('UNKNOWN', 'NULL')}`,
      true,
    );
  }
  const coalesce = as(node, 'CoalesceExpr');
  if (coalesce) {
    const args = unify((coalesce.args ?? []).map(term), false);
    return combined(
      args,
      args.length === 1 ? (args[0]?.sql ?? '') : `coalesce(${list(args)})`,
      args.some(({ notNull }) => notNull),
    );
  }
  const extreme = as(node, 'MinMaxExpr');
  if (extreme) {
    const args = unify((extreme.args ?? []).map(term), true);
    ordered(args[0], to);
    if (args.length < 2 || !args.every(({ notNull }) => notNull))
      throw new Untranslatable('GREATEST and LEAST leave NULLs out in PostgreSQL alone');
    return combined(args, `${extreme.op === 'IS_LEAST' ? 'min' : 'max'}(${list(args)})`, true);
  }
  const choice = as(node, 'CaseExpr');
  if (choice) return caseTerm(choice, term);
  const call = as(node, 'FuncCall');
  if (call) return callTerm(call, scope, to);
  const operation = as(node, 'A_Expr');
  if (operation) return operationTerm(operation, term, to);
  const link = as(node, 'SubLink');
  if (link) return sublinkTerm(link, scope, to, term);
  throw new Untranslatable(`it uses ${tagOf(node)}`);
}

function literal(constant: A_Const): Term {
  const fixed = { notNull: true };
  if (constant.isnull) return { sql: 'NULL', type: 'unknown', notNull: false, literal: null };
  if (constant.ival) {
    const value = constant.ival.ival ?? 0;
    const sql = value < 0 ? `(${value})` : String(value);
    return { ...fixed, sql, type: 'int4', nonZero: value !== 0, integer: value };
  }
  if (constant.fval) {
    const text = constant.fval.fval ?? '';
    if (!/^[+-]?\d+$/.test(text)) return decimalLiteral(text);
    if (text.length > 18) throw new Untranslatable(`its number ${text} is large`);
    return { ...fixed, sql: `(${text})`, type: 'int8', nonZero: true };
  }
  if (constant.boolval) return { ...fixed, sql: constant.boolval.boolval ? '1' : '0', type: 'bool' };
  if (constant.sval) return { ...fixed, sql: 'NULL', type: 'unknown', literal: constant.sval.sval ?? '' };
  throw new Untranslatable('it has a bit string');
}

function castType(
  typeNames: Node[] | undefined,
  typmods: Node[] | undefined,
): { name: string; scale?: number } {
  const bare = lastName(typeNames);
  const name = bare === 'varchar' ? 'text' : bare;
  const modifiers = (typmods ?? []).map((one) => as(one, 'A_Const')?.ival?.ival ?? 0);
  if (!TYPE_NAMES.includes(name)) throw new Untranslatable(`it casts to ${name}`);
  if (modifiers.length === 0) return { name };
  if (name === 'numeric') return { name, scale: modifiers[1] ?? 0 };
  throw new Untranslatable(`it casts to ${name} of a given length`);
}

function caseTerm(choice: CaseExpr, term: (node: Node | undefined) => Term): Term {
  const branches = (choice.args ?? []).flatMap((arg) => as(arg, 'CaseWhen') ?? []);
  const otherwise: Term =
    choice.defresult === undefined
      ? { sql: 'NULL', type: 'unknown', notNull: false, literal: null }
      : term(choice.defresult);
  const results = unify([...branches.map(({ result }) => term(result)), otherwise], false);
  const whens = branches.map(({ expr }, at) => {
    const tested =
      choice.arg === undefined
        ? condition(term(expr))
        : unify([term(choice.arg), term(expr)], true)
            .map(({ sql }) => sql)
            .join(' = ');
    return `WHEN ${tested} THEN ${results[at]?.sql}`;
  });
  const sql = `(CASE ${whens.join(' ')} ELSE ${results.at(-1)?.sql} END)`;
  return combined(
    results,
    sql,
    results.every(({ notNull }) => notNull),
  );
}

function sublinkTerm(
  link: SubLink,
  scope: Scope,
  to: Translation,
  term: (node: Node | undefined) => Term,
): Term {
  const inner = as(link.subselect, 'SelectStmt');
  if (inner === undefined) throw new Untranslatable('it has a subquery that is no SELECT');
  const { sql, columns } = to.subquery(inner, scope);
  if (link.subLinkType === 'EXISTS_SUBLINK') return boolean(`EXISTS (${sql})`, true);
  const [column] = columns;
  if (column === undefined || columns.length > 1) throw new Untranslatable('it compares with rows');
  if (link.subLinkType === 'EXPR_SUBLINK')
    return { ...combined([{ ...column, sql: '' }], `(${sql})`, false) };
  const isEqual = link.operName === undefined || lastName(link.operName) === '=';
  if (link.subLinkType !== 'ANY_SUBLINK' || !isEqual) throw new Untranslatable('it compares with a subquery');
  const value = term(link.testexpr);
  const [left, right] = unify([value, { ...column, sql: '?' }], true);
  // The subquery's column stands as it is: it must need no conversion.
  if (right?.sql !== '?') throw new Untranslatable('it compares with a subquery of another type');
  return boolean(`${left?.sql} IN (${sql})`);
}
