import { Untranslatable } from '../engine.ts';
import { encodeValue, type ValueKind } from './values.ts';

/** An expression in SQLite's dialect and what it holds. */
export interface Term {
  /** Safe as an operand: a name, a literal, a call, or in parentheses. */
  sql: string;
  /** PostgreSQL's type; `unknown` for a literal that has none yet. */
  type: string;
  /** For `numeric` that is kept exactly: an integer of 10^-scale. */
  scale?: number;
  /** For `numeric` that is a quotient of integers: `sql` only approximates it. */
  ratio?: { num: string; den: string };
  /** For `numeric` that is such a quotient, rounded once: equal ones are equal doubles. */
  rounded?: boolean;
  notNull: boolean;
  /** Never 0, so that it may divide: PostgreSQL fails where SQLite says NULL. */
  nonZero?: boolean;
  /** The text of a literal without a type; null is NULL. */
  literal?: string | null;
  /** Number of the parameter that this is. */
  param?: number;
  /** The literal integer that this is. */
  integer?: number;
}

export const TYPE_NAMES = [
  'int2',
  'int4',
  'int8',
  'float8',
  'numeric',
  'bool',
  'text',
  'uuid',
  'date',
  'timestamp',
  'timestamptz',
];
const INTEGERS = ['int2', 'int4', 'int8'];
const TIMES = ['date', 'timestamp', 'timestamptz'];
const KINDS = new Set([...INTEGERS, 'float8', 'bool', 'text', 'uuid', ...TIMES]);

export function isInteger(type: string): boolean {
  return INTEGERS.includes(type);
}

export function isNumber({ type }: Term): boolean {
  return isInteger(type) || type === 'numeric' || type === 'float8';
}

/** A parameter in the text of a statement, which `splitParts` finds again: nothing else there is beyond ASCII. */
function placeholder(param: number, kind: ValueKind): string {
  return `\ue000${param} ${kind}\ue001`;
}

export function splitParts(sql: string): (string | { param: number; kind: ValueKind })[] {
  return sql.split(/\ue000([^\ue001]*)\ue001/).map((text, at) => {
    if (at % 2 === 0) return text;
    const [param, kind] = text.split(' ');
    return { param: Number(param), kind: kind as ValueKind };
  });
}

export function parameter(param: number, type: string): Term {
  if (type === 'numeric') return { sql: '', type, notNull: false, param };
  if (!KINDS.has(type)) throw new Untranslatable(`its parameter $${param} is of type ${type}`);
  return { sql: placeholder(param, type as ValueKind), type, notNull: false, param };
}

export function countParameter(param: number, kind: 'limit' | 'offset'): string {
  return placeholder(param, kind);
}

/** A literal without a type, as the given one. */
function typedLiteral(text: string | null, type: string): Term {
  if (text === null)
    return { sql: 'NULL', type, notNull: false, ...(type === 'numeric' ? { scale: 0 } : {}) };
  if (type === 'numeric') return decimalLiteral(text);
  const sql = KINDS.has(type) ? encodeValue(text, type as ValueKind) : null;
  if (sql === null) throw new Untranslatable(`its literal '${text}' may be read otherwise as ${type}`);
  return { sql, type, notNull: true };
}

export function decimalLiteral(text: string): Term {
  const parts = /^([+-]?)(\d*)\.?(\d*)$/.exec(text);
  const fraction = parts?.[3] ?? '';
  const digits = `${parts?.[2] ?? ''}${fraction}`;
  if (digits === '' || digits.length > 15) throw new Untranslatable(`its number ${text} is no short decimal`);
  const value = BigInt(digits);
  const sql = parts?.[1] === '-' ? `(-${value})` : String(value);
  return { sql, type: 'numeric', scale: fraction.length, notNull: true, nonZero: value !== 0n };
}

/** What says how a number is kept, for a term made from another. */
export function form({ scale, rounded }: Pick<Term, 'scale' | 'rounded'>): Pick<Term, 'scale' | 'rounded'> {
  return { ...(scale === undefined ? {} : { scale }), ...(rounded === undefined ? {} : { rounded }) };
}

/** As a number of the given scale. */
export function rescale(term: Term, scale: number): Term {
  if (term.param !== undefined && term.type === 'numeric')
    return { ...term, sql: placeholder(term.param, `numeric:${scale}`), scale };
  const from = isInteger(term.type) ? 0 : term.scale;
  if (from === undefined) throw new Untranslatable('it needs the exact digits of a quotient');
  if (scale > 12) throw new Untranslatable('it needs more than 12 digits after the point');
  const sql = scale === from ? term.sql : `(${term.sql} * ${10 ** (scale - from)})`;
  const { notNull, nonZero = false } = term;
  return { sql, type: 'numeric', scale, notNull, nonZero };
}

/** As numerator and denominator, both integers; null for what is neither exact nor a plain quotient. */
export function asRatio(term: Term): { num: string; den: string } | null {
  if (term.ratio !== undefined) return term.ratio;
  if (isInteger(term.type)) return { num: term.sql, den: '1' };
  return term.scale === undefined || term.sql === ''
    ? null
    : { num: term.sql, den: String(10 ** term.scale) };
}

export function quotient(num: string, den: string): Term {
  return {
    sql: `(CAST(${num} AS REAL) / ${den})`,
    type: 'numeric',
    ratio: { num, den },
    rounded: true,
    notNull: false,
  };
}

export function list(terms: readonly Term[]): string {
  return terms.map(({ sql }) => sql).join(', ');
}

/** The term that has the type and form of those it was made of. */
export function combined([first]: readonly Term[], sql: string, notNull: boolean): Term {
  if (first === undefined) throw new Untranslatable('it combines nothing');
  return { sql, type: first.type, notNull, ...form(first) };
}

/** The number as a double. */
export function asReal(term: Term, type: 'float8' | 'numeric' = 'float8'): Term {
  const { notNull, nonZero = false } = term;
  if (term.type === 'float8') return term;
  if (term.type === 'numeric' && term.param !== undefined)
    throw new Untranslatable('it computes with a numeric parameter');
  if (term.type === 'numeric' && term.scale === undefined)
    return { sql: term.sql, type, notNull, rounded: term.rounded ?? false };
  const den = term.scale === undefined || term.scale === 0 ? '' : ` / ${10 ** term.scale}`;
  return { sql: `(CAST(${term.sql} AS REAL)${den})`, type, notNull, nonZero };
}

/**
 * All of one type and form, as PostgreSQL would choose it. With `compared`, a number that is only approximated is
 * refused unless it is one quotient: two roundings could make equals of what differs.
 */
export function unify(terms: readonly Term[], compared: boolean): Term[] {
  const typed = terms.filter(({ type }) => type !== 'unknown');
  const type = commonType(typed);
  const all = terms.map((term) => (term.literal === undefined ? term : typedLiteral(term.literal, type)));
  if (type === 'numeric') return unifyNumeric(all, compared);
  return all.map((term) => coerce(term, type));
}

function unifyNumeric(terms: readonly Term[], compared: boolean): Term[] {
  const scales = terms.map((term) =>
    isInteger(term.type) ? 0 : term.param === undefined ? (term.scale ?? null) : -1,
  );
  const exact = scales.flatMap((scale) => scale ?? []);
  if (exact.length === scales.length) {
    const scale = Math.max(...exact);
    if (scale < 0) throw new Untranslatable('it uses a numeric parameter where its digits are not known');
    if (!compared && exact.includes(-1)) throw new Untranslatable('it computes with a numeric parameter');
    return terms.map((term) => rescale(term, scale));
  }
  if (compared && terms.some((term) => term.rounded !== true && asRatio(term) === null))
    throw new Untranslatable('it compares a number that is only approximated');
  return terms.map((term) => asReal(term, 'numeric'));
}

function commonType(typed: readonly Term[]): string {
  const types = new Set(typed.map(({ type }) => type));
  const [only = 'text'] = types;
  if (types.size <= 1) return only;
  if (typed.every(isNumber)) {
    if (types.has('float8')) return 'float8';
    if (types.has('numeric')) return 'numeric';
    return INTEGERS.findLast((name) => types.has(name)) ?? 'int8';
  }
  const time = TIMES.findLast((name) => types.has(name));
  if (time !== undefined && [...types].every((name) => TIMES.includes(name))) return time;
  throw new Untranslatable(`it mixes ${[...types].join(' and ')}`);
}

function coerce(term: Term, type: string): Term {
  if (term.type === type) return term;
  if (type === 'float8') return asReal(term);
  if (term.type === 'date' && type !== 'date')
    return { sql: `(${term.sql} || ' 00:00:00')`, type, notNull: term.notNull };
  const { sql, notNull, nonZero = false } = term;
  return { sql, type, notNull, nonZero };
}

/** `term::type`, also of a literal. `scale` is that of `numeric(p, scale)`. */
export function cast(term: Term, type: string, scale: number | undefined): Term {
  if (term.literal !== undefined) {
    const literal = typedLiteral(term.literal, type);
    return scale === undefined ? literal : cast(literal, type, scale);
  }
  if (type === 'numeric' && isNumber(term) && term.type !== 'float8') {
    if (scale !== undefined) return round(term, scale);
    return isInteger(term.type) ? rescale(term, 0) : term;
  }
  const { sql, notNull, nonZero = false } = term;
  if (term.type === type) return term;
  if (isInteger(type)) {
    if (isInteger(term.type)) return { sql, type, notNull, nonZero };
    if (term.type === 'numeric') return { sql: round(term, 0).sql, type, notNull };
    if (term.type === 'bool' && type === 'int4') return { sql, type, notNull };
  }
  if (type === 'float8' && isNumber(term)) return asReal(term);
  if (type === 'timestamp' && term.type === 'timestamptz') return { sql, type, notNull };
  if (TIMES.includes(term.type) && TIMES.includes(type))
    return type === 'date' ? { sql: `substr(${sql}, 1, 10)`, type, notNull } : coerce(term, type);
  if (type === 'text' && (isInteger(term.type) || term.type === 'uuid' || term.type === 'date'))
    return { sql: isInteger(term.type) ? `CAST(${sql} AS TEXT)` : sql, type, notNull };
  throw new Untranslatable(`it casts ${term.type} to ${type}`);
}

/** Half away from zero, as PostgreSQL rounds `numeric`. */
export function round(term: Term, scale: number): Term {
  if (term.type === 'float8') throw new Untranslatable('it rounds a double, which SQLite rounds otherwise');
  const ratio = asRatio(term);
  if (ratio === null) throw new Untranslatable('it rounds a number that is only approximated');
  const own = isInteger(term.type) ? 0 : term.scale;
  if (own !== undefined && own <= scale) return rescale(term, scale);
  const num = scale === 0 ? `abs(${ratio.num})` : `(abs(${ratio.num}) * ${10 ** scale})`;
  const rounded = `((2 * ${num} + abs(${ratio.den})) / (2 * abs(${ratio.den})))`;
  const sql = `(CASE WHEN (${ratio.num} < 0) = (${ratio.den} < 0) THEN ${rounded} ELSE -${rounded} END)`;
  return { sql, type: 'numeric', scale, notNull: false };
}
