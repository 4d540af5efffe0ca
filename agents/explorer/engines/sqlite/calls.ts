import type { FuncCall, WindowDef } from 'libpg-query';
import { as, lastName, type Node } from '../../sql/nodes.ts';
import { Untranslatable } from '../engine.ts';
import { condition } from './conditions.ts';
import type { Scope } from './scopes.ts';
import { ordered, sortSql } from './sort-keys.ts';
import { isInteger, isNumber, quotient, rescale, round, type Term, unify } from './terms.ts';
import type { Translation } from './translation.ts';

const RANKS: Record<string, string> = {
  row_number: 'int8',
  rank: 'int8',
  dense_rank: 'int8',
  cume_dist: 'float8',
  percent_rank: 'float8',
};
const NEIGHBOURS = new Set(['lag', 'lead', 'first_value', 'last_value']);
const AGGREGATES = new Set(['count', 'sum', 'avg', 'min', 'max', 'bool_and', 'bool_or', 'every']);

export function callTerm(call: FuncCall, scope: Scope, to: Translation): Term {
  const name = lastName(call.funcname);
  if (call.agg_order !== undefined || call.agg_within_group || call.func_variadic)
    throw new Untranslatable(`its call of ${name} depends on an order`);
  const args = (call.args ?? []).map((arg) => to.expression(arg, scope));
  const filter =
    call.agg_filter === undefined
      ? ''
      : ` FILTER (WHERE ${condition(to.expression(call.agg_filter, scope))})`;
  const over = call.over === undefined ? '' : ` OVER (${windowSql(call.over, scope, to)})`;
  const apply = (sqlName: string, inner: string) =>
    `${sqlName}(${call.agg_distinct ? 'DISTINCT ' : ''}${inner})${filter}${over}`;
  if (AGGREGATES.has(name))
    return aggregate(name, call, args, apply, filter === '' && (scope.grouped || over !== ''), to);
  if (over !== '') return windowTerm(name, args, apply);
  return plainCall(name, args);
}

function aggregate(
  name: string,
  call: FuncCall,
  [given]: Term[],
  apply: (name: string, inner: string) => string,
  hasRows: boolean,
  to: Translation,
): Term {
  if (name === 'count') {
    const inner = call.agg_star ? '*' : (given?.sql ?? '');
    // Counting takes any type, but DISTINCT must tell the same values apart.
    if (given?.type === 'numeric') unify([given, given], call.agg_distinct === true);
    return {
      sql: apply('count', inner),
      type: 'int8',
      notNull: true,
      nonZero: call.agg_star === true && hasRows,
    };
  }
  if (given === undefined) throw new Untranslatable(`it calls ${name} of nothing`);
  const [arg = given] = unify([given], true);
  const scale = arg.scale === undefined ? {} : { scale: arg.scale };
  if (name === 'min' || name === 'max') {
    ordered(arg, to);
    if (arg.type === 'bool') throw new Untranslatable(`it calls ${name} of bool`);
    return { sql: apply(name, arg.sql), type: arg.type, notNull: false, ...scale };
  }
  if (arg.type === 'bool' && (name === 'bool_and' || name === 'every' || name === 'bool_or'))
    return { sql: apply(name === 'bool_or' ? 'max' : 'min', arg.sql), type: 'bool', notNull: false };
  if (!isNumber(arg) || (name !== 'sum' && name !== 'avg'))
    throw new Untranslatable(`it calls ${name} of ${arg.type}`);
  if (arg.type === 'float8') return { sql: apply(name, arg.sql), type: 'float8', notNull: false };
  const exact = isInteger(arg.type) ? 0 : arg.scale;
  if (exact === undefined) throw new Untranslatable(`it calls ${name} of a number that is only approximated`);
  const sum = apply('sum', arg.sql);
  if (name === 'avg') {
    const count = apply('count', arg.sql);
    return quotient(sum, exact === 0 ? count : `(${count} * ${10 ** exact})`);
  }
  const narrow = arg.type === 'int2' || arg.type === 'int4';
  return narrow
    ? { sql: sum, type: 'int8', notNull: false }
    : { sql: sum, type: 'numeric', scale: exact, notNull: false };
}

function windowTerm(
  name: string,
  args: readonly Term[],
  apply: (name: string, inner: string) => string,
): Term {
  const rank = RANKS[name];
  const [first, second] = args;
  if (rank !== undefined && args.length === 0) return { sql: apply(name, ''), type: rank, notNull: true };
  if (name === 'ntile' && first?.integer !== undefined && first.integer > 0)
    return { sql: apply(name, first.sql), type: 'int4', notNull: true };
  const plain =
    args.length === 1 || (args.length === 2 && (second?.integer ?? -1) >= 0 && name.startsWith('l'));
  if (!NEIGHBOURS.has(name) || first === undefined || !plain)
    throw new Untranslatable(`its window function ${name} may differ in SQLite`);
  const [value = first] = unify([first], false);
  const scale = value.scale === undefined ? {} : { scale: value.scale };
  return {
    sql: apply(name, [value, ...args.slice(1)].map(({ sql }) => sql).join(', ')),
    type: value.type,
    notNull: false,
    ...scale,
  };
}

function plainCall(name: string, args: readonly Term[]): Term {
  const [first, second, third] = args;
  const refuse = (): never => {
    throw new Untranslatable(`its function ${name} may differ in SQLite`);
  };
  if (first === undefined) return refuse();
  const { notNull } = first;
  if (
    name === 'abs' &&
    args.length === 1 &&
    (isInteger(first.type) || first.scale !== undefined || first.type === 'float8')
  )
    return { ...unaddressed(first), sql: `abs(${first.sql})` };
  if (name === 'round' && first.type !== 'float8' && isNumber(first)) {
    if (args.length === 1 && first.type === 'numeric') return round(first, 0);
    const digits = second?.integer ?? -1;
    if (args.length === 2 && digits >= 0)
      return isInteger(first.type) ? rescale(first, digits) : round(first, digits);
  }
  if (first.type !== 'text') return refuse();
  if ((name === 'length' || name === 'char_length') && args.length === 1)
    return { sql: `length(${first.sql})`, type: 'int4', notNull };
  const from = second?.integer ?? 0;
  if (name === 'left' && args.length === 2 && second?.integer !== undefined && from >= 0)
    return { sql: `substr(${first.sql}, 1, ${from})`, type: 'text', notNull };
  const count = third?.integer ?? -1;
  if (
    (name === 'substr' || name === 'substring') &&
    from >= 1 &&
    (args.length === 2 || (args.length === 3 && count >= 0))
  )
    return {
      sql: `substr(${first.sql}, ${from}${third === undefined ? '' : `, ${count}`})`,
      type: 'text',
      notNull,
    };
  return refuse();
}

function unaddressed({ sql, type, scale, notNull }: Term): Term {
  return { sql, type, notNull, ...(scale === undefined ? {} : { scale }) };
}

const FRAME = {
  range: 2,
  rows: 4,
  groups: 8,
  startUnbounded: 0x20,
  endUnbounded: 0x100,
  startCurrent: 0x200,
  endCurrent: 0x400,
  startPreceding: 0x800,
  endPreceding: 0x1000,
  startFollowing: 0x2000,
  endFollowing: 0x4000,
  exclusions: 0x38000,
};

function windowSql(given: WindowDef, scope: Scope, to: Translation): string {
  const window = given.name === undefined ? given : scope.windows.get(given.name);
  if (window === undefined || window.refname !== undefined)
    throw new Untranslatable('it builds a window on another one');
  const partition = (window.partitionClause ?? []).map(
    (node) => unify([to.expression(node, scope)], true)[0]?.sql ?? '',
  );
  const order = (window.orderClause ?? []).map((node) => {
    const key = as(node, 'SortBy');
    if (key?.node === undefined) throw new Untranslatable('it orders by nothing');
    return sortSql(key, to.expression(key.node, scope), to);
  });
  return [
    ...(partition.length === 0 ? [] : [`PARTITION BY ${partition.join(', ')}`]),
    ...(order.length === 0 ? [] : [`ORDER BY ${order.join(', ')}`]),
    frameSql(window),
  ].join(' ');
}

function frameSql({ frameOptions = 0, startOffset, endOffset }: WindowDef): string {
  const has = (bits: number) => (frameOptions & bits) !== 0;
  const offset = (node: Node | undefined) => {
    const rows = as(node, 'A_Const')?.ival;
    if (rows === undefined || !has(FRAME.rows))
      throw new Untranslatable('its window frame may differ in SQLite');
    return String(rows.ival ?? 0);
  };
  if (has(FRAME.exclusions)) throw new Untranslatable('its window frame leaves rows out');
  const start = has(FRAME.startUnbounded)
    ? 'UNBOUNDED PRECEDING'
    : has(FRAME.startCurrent)
      ? 'CURRENT ROW'
      : `${offset(startOffset)} ${has(FRAME.startPreceding) ? 'PRECEDING' : 'FOLLOWING'}`;
  const end = has(FRAME.endUnbounded)
    ? 'UNBOUNDED FOLLOWING'
    : has(FRAME.endCurrent)
      ? 'CURRENT ROW'
      : `${offset(endOffset)} ${has(FRAME.endPreceding) ? 'PRECEDING' : 'FOLLOWING'}`;
  const unit = has(FRAME.rows) ? 'ROWS' : has(FRAME.groups) ? 'GROUPS' : 'RANGE';
  return `${unit} BETWEEN ${start} AND ${end}`;
}
