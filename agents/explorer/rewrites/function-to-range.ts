import type { Expression, Predicate } from '../sql/analysed-query.ts';
import type { Node } from '../sql/nodes.ts';
import { as, deparse, lastName, parseExpression } from '../sql/nodes.ts';
import { isLiteral, isParam } from '../sql/predicates.ts';
import { withParts } from './block-text.ts';
import type { Proposal, Rewrite } from './rewrite.ts';

const STEP: Record<string, string> = {
  second: '1 second',
  minute: '1 minute',
  hour: '1 hour',
  day: '1 day',
  week: '7 days',
  month: '1 month',
  quarter: '3 months',
  year: '1 year',
};
const WHOLE_DAYS = new Set(['day', 'week', 'month', 'quarter', 'year']);
/** Formats of to_char that name one calendar period, with the texts that they can give. */
const FORMATS: Record<string, { text: string; step: string }> = {
  YYYY: { text: '^[0-9]{4}$', step: '1 year' },
  'YYYY-MM': { text: '^[0-9]{4}-(0[1-9]|1[0-2])$', step: '1 month' },
  YYYYMM: { text: '^[0-9]{4}(0[1-9]|1[0-2])$', step: '1 month' },
  'YYYY-MM-DD': { text: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$', step: '1 day' },
  YYYYMMDD: { text: '^[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])$', step: '1 day' },
};

/** A function around a column hides it from a plain index: compare the column itself with the range that the function stands for. */
export const functionToRange: Rewrite = {
  name: 'function to range',
  kind: 'rewrite',
  propose(query): Proposal[] {
    const parts = new Map<unknown, unknown>();
    for (const block of query.blocks) {
      for (const predicate of block.predicates) {
        const month = yearAndMonth(predicate, block.predicates);
        const text = month ?? rangeOf(predicate);
        if (text !== null) parts.set(predicate.whole.node, parseExpression(text));
      }
    }
    if (parts.size === 0) return [];
    return [{ label: 'compare the column with a range', sql: withParts(query, parts), ddl: [], refresh: [] }];
  },
};

function rangeOf(predicate: Predicate): string | null {
  const on = predicate.on;
  if (on === null || on.column !== null || (predicate.kind !== 'equality' && predicate.kind !== 'range'))
    return null;
  if (
    predicate.value !== 'param' &&
    predicate.value !== 'literal' &&
    !predicate.values.every((value) => value.columns.length === 0 && !value.hasSubquery)
  )
    return null;
  return (
    truncated(predicate, on) ??
    castToDate(predicate, on) ??
    year(predicate, on) ??
    formatted(predicate, on) ??
    coalesced(predicate, on)
  );
}

/** Operator and value of each bound; BETWEEN is two of them. */
function bounds(predicate: Predicate): { operator: string; value: Expression }[] {
  const [first, second] = predicate.values;
  if (first === undefined) return [];
  if (predicate.operator === 'BETWEEN')
    return second === undefined
      ? []
      : [
          { operator: '>=', value: first },
          { operator: '<=', value: second },
        ];
  return ['=', '<', '<=', '>', '>='].includes(predicate.operator)
    ? [{ operator: predicate.operator, value: first }]
    : [];
}

/** What a comparison of truncated (or cast) values says of the value itself, where `start` and `next` bound a period. */
function periodBounds(column: string, operator: string, value: string, floor: string, next: string): string {
  const ceiling = `CASE WHEN ${floor} = ${value} THEN ${value} ELSE ${next} END`;
  switch (operator) {
    case '=':
      return `${column} >= ${value} AND ${column} < ${next} AND ${floor} = ${value}`;
    case '>=':
      return `${column} >= ${ceiling}`;
    case '<':
      return `${column} < ${ceiling}`;
    case '>':
      return `${column} >= ${next}`;
    default:
      return `${column} < ${next}`;
  }
}

function joined(parts: readonly string[]): string | null {
  return parts.length === 0 ? null : `(${parts.map((part) => `(${part})`).join(' AND ')})`;
}

function truncated(predicate: Predicate, on: Expression): string | null {
  const call = as(on.node, 'FuncCall');
  if (call === undefined || lastName(call.funcname) !== 'date_trunc' || call.args?.length !== 2) return null;
  const unit = as(call.args[0], 'A_Const')?.sval?.sval?.toLowerCase() ?? '';
  const step = STEP[unit];
  const inner = plainColumn(call.args[1] === undefined ? undefined : on, call.args[1]);
  if (step === undefined || inner === null) return null;
  const { sql: name, type } = inner;
  if (type !== 'timestamp' && type !== 'timestamptz' && !(type === 'date' && WHOLE_DAYS.has(unit)))
    return null;
  const compared = type === 'date' ? 'timestamptz' : type;
  const parts: string[] = [];
  for (const { operator, value } of bounds(predicate)) {
    if (!comparable(value, compared)) return null;
    const cast = `CAST(${value.sql} AS ${compared})`;
    const floor = `date_trunc('${unit}', ${cast})`;
    const next = `${floor} + INTERVAL '${step}'`;
    parts.push(periodBounds(name, operator, cast, floor, next));
  }
  return joined(parts);
}

/** A parameter, an untyped literal, or a value of the type itself (or a date, which widens to it without loss). */
export function comparable(value: Expression, type: string): boolean {
  const bare = value.type === null && isParam(value.node);
  const literal = value.type === 'unknown' && isLiteral(value.node);
  return bare || literal || value.type === type || (value.type === 'date' && type !== 'date');
}

function plainColumn(
  on: Expression | undefined,
  node: unknown,
): { sql: string; type: string; notNull: boolean } | null {
  const use = on?.columns.length === 1 ? on.columns[0] : undefined;
  const fields = typeof node === 'object' && node !== null && 'ColumnRef' in node;
  if (!use?.column || !fields || use.outer) return null;
  return {
    sql: deparse(node as Node),
    type: use.column.type,
    notNull: use.column.notNull && use.source.join === 'inner' && use.source.table !== null,
  };
}

function castToDate(predicate: Predicate, on: Expression): string | null {
  const cast = as(on.node, 'TypeCast');
  const call = as(on.node, 'FuncCall');
  const isDate = cast
    ? lastName(cast.typeName?.names) === 'date'
    : call !== undefined && lastName(call.funcname) === 'date' && call.args?.length === 1;
  if (!isDate) return null;
  const inner = plainColumn(on, cast?.arg ?? call?.args?.[0]);
  if (inner === null || (inner.type !== 'timestamp' && inner.type !== 'timestamptz')) return null;
  const parts: string[] = [];
  for (const { operator, value } of bounds(predicate)) {
    if (!comparable(value, 'date')) return null;
    const day = `CAST(${value.sql} AS date)`;
    const lower = operator === '>' ? `${day} + 1` : day;
    const upper = operator === '<' ? day : `${day} + 1`;
    if (operator !== '<' && operator !== '<=') parts.push(`${inner.sql} >= ${lower}`);
    if (operator !== '>' && operator !== '>=') parts.push(`${inner.sql} < ${upper}`);
  }
  return joined(parts);
}

interface Field {
  field: string;
  column: string;
  value: string;
}

/** `extract(field from column) = value`; the value as an integer where it is a year or month that exists. */
function extracted(predicate: Predicate): Field | null {
  const on = predicate.on;
  const call = as(on?.node, 'FuncCall');
  const name = lastName(call?.funcname);
  const value = predicate.values[0];
  if (
    on === null ||
    call === undefined ||
    value === undefined ||
    predicate.operator !== '=' ||
    (name !== 'extract' && name !== 'date_part')
  )
    return null;
  const field = as(call.args?.[0], 'A_Const')?.sval?.sval?.toLowerCase() ?? '';
  const inner = plainColumn(on, call.args?.[1]);
  if (
    inner === null ||
    !['date', 'timestamp', 'timestamptz'].includes(inner.type) ||
    value.columns.length > 0 ||
    value.hasSubquery
  )
    return null;
  return {
    field,
    column: inner.sql,
    value: `CAST(${value.sql} AS ${name === 'extract' ? 'numeric' : 'float8'})`,
  };
}

// The original condition stays: the range only narrows what is read, so that values which are no year (2001.5, 0, 99999)
// answer as before, with bounds that exclude nothing.
function yearRange(whole: string, year: Field, valid: string, lower: string, upper: string): string {
  const within = `${year.value} BETWEEN 1 AND 9998${valid}`;
  return `(${whole} AND ${year.column} >= CASE WHEN ${within} THEN ${lower} ELSE DATE '-infinity' END AND ${year.column} < CASE WHEN ${within} THEN ${upper} ELSE DATE 'infinity' END)`;
}

function year(predicate: Predicate, on: Expression): string | null {
  const field = on.node === predicate.on?.node ? extracted(predicate) : null;
  if (field?.field !== 'year') return null;
  const number = `CAST(floor(${field.value}) AS int)`;
  return yearRange(
    predicate.whole.sql,
    field,
    '',
    `make_date(${number}, 1, 1)`,
    `make_date(${number} + 1, 1, 1)`,
  );
}

function yearAndMonth(predicate: Predicate, all: readonly Predicate[]): string | null {
  const year = extracted(predicate);
  if (year?.field !== 'year') return null;
  const month = all.map(extracted).find((other) => other?.field === 'month' && other.column === year.column);
  if (!month) return null;
  const first = `make_date(CAST(floor(${year.value}) AS int), CAST(floor(${month.value}) AS int), 1)`;
  return yearRange(
    predicate.whole.sql,
    year,
    ` AND ${month.value} BETWEEN 1 AND 12`,
    first,
    `CAST(${first} + INTERVAL '1 month' AS date)`,
  );
}

function formatted(predicate: Predicate, on: Expression): string | null {
  const call = as(on.node, 'FuncCall');
  const value = predicate.values[0];
  if (
    call === undefined ||
    value === undefined ||
    predicate.operator !== '=' ||
    lastName(call.funcname) !== 'to_char'
  )
    return null;
  const pattern = as(call.args?.[1], 'A_Const')?.sval?.sval ?? '';
  const format = FORMATS[pattern];
  const inner = plainColumn(on, call.args?.[0]);
  if (format === undefined || inner === null || !['date', 'timestamp', 'timestamptz'].includes(inner.type))
    return null;
  const text = `CAST(${value.sql} AS text)`;
  const first = `to_date(${text}, '${pattern}')`;
  const within = `${text} ~ '${format.text}'`;
  const bound = (then: string, otherwise: string) =>
    `CASE WHEN ${within} THEN ${then} ELSE DATE '${otherwise}' END`;
  const upper = `CAST(${first} + INTERVAL '${format.step}' AS date)`;
  return `(${predicate.whole.sql} AND ${inner.sql} >= ${bound(first, '-infinity')} AND ${inner.sql} < ${bound(upper, 'infinity')})`;
}

/** coalesce(c, …) over a column that is never NULL is the column. */
function coalesced(predicate: Predicate, on: Expression): string | null {
  const args = as(on.node, 'CoalesceExpr')?.args;
  const inner = plainColumn(on, args?.[0]);
  const value = predicate.values[0];
  if (
    inner?.notNull !== true ||
    on.type !== inner?.type ||
    value === undefined ||
    predicate.values.length !== 1 ||
    predicate.operator === 'IN' ||
    predicate.operator === '= ANY'
  )
    return null;
  return predicate.operator === 'BETWEEN' ? null : `(${inner.sql} ${predicate.operator} ${value.sql})`;
}
