/**
 * How a value is written in the store's SQL. `numeric:2` is an integer of hundredths; `limit` and `offset` are counts
 * that may be NULL.
 */
export type ValueKind =
  | 'int2'
  | 'int4'
  | 'int8'
  | 'float8'
  | 'bool'
  | 'text'
  | 'uuid'
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  | 'limit'
  | 'offset'
  | `numeric:${number}`;

const INTEGER_BITS: Record<string, bigint> = { int2: 15n, int4: 31n, int8: 63n, limit: 63n, offset: 63n };
const TRUTH: Record<string, string> = { t: '1', true: '1', '1': '1', f: '0', false: '0', '0': '0' };

/** One line of SQL whatever the text holds; null where only PostgreSQL knows what the text means. */
export function encodeValue(text: string | null, kind: ValueKind): string | null {
  if (text === null) return kind === 'limit' ? '-1' : kind === 'offset' ? '0' : 'NULL';
  const bits = INTEGER_BITS[kind];
  if (bits !== undefined) return encodeInteger(text, bits, kind === 'limit' || kind === 'offset');
  if (kind === 'float8')
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) && Number.isFinite(Number(text))
      ? `CAST('${text}' AS REAL)`
      : null;
  if (kind === 'bool') return TRUTH[text.toLowerCase()] ?? null;
  if (kind === 'text') return encodeText(text);
  if (kind === 'uuid')
    return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? encodeText(text.toLowerCase()) : null;
  if (kind === 'date' || kind === 'timestamp' || kind === 'timestamptz') return encodeTime(text, kind);
  return encodeDecimal(text, Number(kind.slice('numeric:'.length)));
}

function encodeInteger(text: string, bits: bigint, isCount: boolean): string | null {
  if (!/^[+-]?\d{1,19}$/.test(text)) return null;
  const value = BigInt(text.replace('+', ''));
  if (value >= 2n ** bits || value < (isCount ? 0n : -(2n ** bits))) return null;
  // SQLite reads this one number as a minus before a number that is too large.
  return value === -(2n ** 63n) ? '(-9223372036854775807 - 1)' : value < 0n ? `(${value})` : String(value);
}

/** Printable ASCII in quotes; anything else as bytes, so that no line break or control character reaches the shell. */
function encodeText(text: string): string | null {
  if (text.includes('\0')) return null;
  if (/^[\x20-\x7e]*$/.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return `CAST(X'${Buffer.from(text, 'utf8').toString('hex')}' AS TEXT)`;
}

/**
 * An integer of 10^-scale. A value between two of them becomes the half between: it compares with each integer as the
 * value itself does, and is only ever compared.
 */
function encodeDecimal(text: string, scale: number): string | null {
  const parts = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(text);
  if (parts === null) return null;
  const digits = (parts[3] ?? '').padEnd(scale, '0');
  const whole = BigInt(`${parts[2] ?? ''}${digits.slice(0, scale)}`);
  if (whole >= 2n ** 52n) return null;
  const half = /[1-9]/.test(digits.slice(scale)) ? '.5' : '';
  return `(${parts[1] === '-' ? '-' : ''}${whole}${half})`;
}

const TIME_FORM =
  /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?(Z|[+-]\d\d(?::?\d\d)?)?$/;

/** ISO forms only, as PostgreSQL itself writes them; a time without a zone is UTC, which building the store asserts. */
function encodeTime(text: string, kind: 'date' | 'timestamp' | 'timestamptz'): string | null {
  const parts = TIME_FORM.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone] = parts;
  if (kind === 'date' && parts[4] !== undefined) return null;
  if (zone !== undefined && (kind !== 'timestamptz' || parts[4] === undefined)) return null;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const at = new Date(iso);
  if (Number.isNaN(at.getTime()) || at.toISOString() !== iso || year === '0000') return null;
  if (kind === 'date') return `'${iso.slice(0, 10)}'`;
  const offset = /^([+-])(\d\d):?(\d\d)?$/.exec(zone ?? '');
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0);
    at.setTime(at.getTime() - (offset[1] === '-' ? -1 : 1) * minutes * 60_000);
  }
  const shifted = at.toISOString();
  if (!/^(?!0000)\d{4}-/.test(shifted)) return null;
  const digits = fraction.replace(/0+$/, '');
  return `'${shifted.slice(0, 19).replace('T', ' ')}${digits === '' ? '' : `.${digits}`}'`;
}
