import { canonicalNumber, type NumberClass } from './canonical-number.ts';
import { canonicalDate, canonicalInterval, canonicalTime, canonicalTimestamp } from './canonical-time.ts';
import { parseArray } from './postgres-array.ts';

/** What two columns must share to be comparable; numbers of all kinds compare by value. */
type ValueClass =
  | NumberClass
  | 'bool'
  | 'text'
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  | 'time'
  | 'timetz'
  | 'interval'
  | 'json'
  | 'bytea';

/** Class of a column's values; `array` where they are arrays of it. `trim`: trailing blanks mean nothing. */
export interface ColumnClass {
  of: ValueClass;
  array: boolean;
  trim: boolean;
}

const classes: Record<string, ValueClass> = {
  int2: 'exact',
  int4: 'exact',
  int8: 'exact',
  oid: 'exact',
  numeric: 'exact',
  money: 'exact',
  float4: 'float',
  float8: 'float',
  bool: 'bool',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  time: 'time',
  timetz: 'timetz',
  interval: 'interval',
  json: 'json',
  jsonb: 'json',
  bytea: 'bytea',
};

const aliases: Record<string, string> = {
  smallint: 'int2',
  integer: 'int4',
  int: 'int4',
  bigint: 'int8',
  decimal: 'numeric',
  real: 'float4',
  'double precision': 'float8',
  boolean: 'bool',
  character: 'bpchar',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
  'time without time zone': 'time',
  'time with time zone': 'timetz',
};

/** Class by PostgreSQL's type name (`int4`, `_int4`, `int4[]`). A name it does not know, such as an enum's, is text. */
export function classOf(type: string): ColumnClass {
  const array = type.startsWith('_') || type.endsWith('[]');
  const element = type.replace(/^_/, '').replace(/(\[\])+$/, '');
  const bare = element.replace(/\(.*\)$/, '');
  const name = Object.hasOwn(aliases, bare) ? (aliases[bare] ?? bare) : bare;
  return {
    of: Object.hasOwn(classes, name) ? (classes[name] ?? 'text') : 'text',
    array,
    trim: name === 'bpchar',
  };
}

/**
 * One value as text that is equal exactly for equal values of the class; null stays null. A value that the class
 * cannot read keeps its raw form behind `?`, so that it equals nothing but itself.
 */
export function canonicalValue(value: unknown, column: ColumnClass): string | null {
  if (value === null) return null;
  const canonical = column.array ? canonicalArray(value, column) : canonicalScalar(value, column);
  return canonical ?? `?${JSON.stringify(value)}`;
}

function canonicalArray(value: unknown, column: ColumnClass): string | null {
  const elements = typeof value === 'string' ? parseArray(value) : null;
  if (elements === null) return null;
  const canonical = (element: NonNullable<typeof elements>[number]): unknown =>
    Array.isArray(element) ? element.map(canonical) : canonicalValue(element, { ...column, array: false });
  return JSON.stringify(canonical(elements));
}

function canonicalScalar(value: unknown, { of, trim }: ColumnClass): string | null {
  if (of === 'exact' || of === 'float') return canonicalNumber(value, of);
  if (of === 'bool') return canonicalBool(value);
  if (of === 'json' && (typeof value === 'number' || typeof value === 'boolean'))
    return canonicalJson(value, 0);
  if (typeof value !== 'string') return null;
  switch (of) {
    case 'text':
      return `=${trim ? value.replace(/ +$/, '') : value}`;
    case 'date':
      return canonicalDate(value);
    case 'timestamp':
    case 'timestamptz':
      return canonicalTimestamp(value, of);
    case 'time':
    case 'timetz':
      return canonicalTime(value, of);
    case 'interval':
      return canonicalInterval(value);
    case 'bytea':
      return /^\\x([0-9a-f]{2})*$/i.test(value) ? value.toLowerCase() : null;
    case 'json':
      return canonicalJsonText(value);
  }
}

function canonicalBool(value: unknown): string | null {
  if (value === true || value === 't' || value === 'true') return 't';
  if (value === false || value === 'f' || value === 'false') return 'f';
  return null;
}

function canonicalJsonText(text: string): string | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  return canonicalJson(parsed, 0);
}

const maxJsonDepth = 500;

/** Keys sorted, numbers to 10 significant digits; null where it is nested too deep to be honest. */
function canonicalJson(value: unknown, depth: number): string | null {
  if (depth > maxJsonDepth) return null;
  if (typeof value === 'number') return canonicalNumber(value, 'float');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const parts: string[] = [];
  const entries: [string | null, unknown][] = Array.isArray(value)
    ? value.map((one) => [null, one])
    : Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, one] of entries) {
    const canonical = canonicalJson(one, depth + 1);
    if (canonical === null) return null;
    parts.push(key === null ? canonical : `${JSON.stringify(key)}:${canonical}`);
  }
  return Array.isArray(value) ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
}
