/** `exact`: integers and numeric. `float`: to 10 significant digits. A column compared with a float one is float. */
export type NumberClass = 'exact' | 'float';

const significantDigits = 10;

/**
 * A number's text by value: `5`, `5.0000` and `5e0` are one, −0 is 0. An exact value keeps all digits of its integer
 * part and at least 10 significant ones; a float keeps 10. Null where it is no number.
 */
export function canonicalNumber(value: unknown, of: NumberClass): string | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const text = String(value);
  if (of === 'exact' && /^-?[1-9]\d{0,14}$/.test(text)) return canonicalInteger(text);
  if (/^(NaN|-?Infinity)$/.test(text)) return text;
  const plain = /^-?\$/.test(text) ? text.replace('$', '').replaceAll(',', '') : text;
  const match = /^([+-])?(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,9}))?$/i.exec(plain);
  const integer = match?.[2] ?? '';
  const fraction = match?.[3] ?? '';
  if (!match || integer + fraction === '') return null;
  const digits = (integer + fraction).replace(/^0+/, '');
  if (digits === '') return '0';
  // The value is 0.<digits> × 10^exponent.
  const exponent = digits.length - fraction.length + Number(match[4] ?? 0);
  const keep = of === 'exact' ? Math.max(significantDigits, exponent) : significantDigits;
  const rounded = roundDigits(digits, keep);
  return form(match[1] === '-' ? '-' : '', rounded.digits, exponent + rounded.carry);
}

/**
 * Whether two values differ by no more than rounding may: 1 in 10¹⁰. Two integers of an exact column differ or they do
 * not. This mends what rounding to digits tears apart at a boundary.
 */
export function nearlyEqual(a: unknown, b: unknown, of: NumberClass): boolean {
  const [canonicalA, canonicalB] = [canonicalNumber(a, of), canonicalNumber(b, of)];
  if (canonicalA === null || canonicalB === null) return false;
  if (of === 'exact' && isInteger(canonicalA) && isInteger(canonicalB)) return canonicalA === canonicalB;
  const [x, y] = [Number(a), Number(b)];
  return (
    Number.isFinite(x) && Number.isFinite(y) && Math.abs(x - y) <= 1e-10 * Math.max(Math.abs(x), Math.abs(y))
  );
}

function isInteger(canonical: string): boolean {
  const match = /^-?\.(\d+)e(-?\d+)$/.exec(canonical);
  return canonical === '0' || (match !== null && (match[1] ?? '').length <= Number(match[2]));
}

function canonicalInteger(text: string): string {
  const sign = text.startsWith('-') ? '-' : '';
  const digits = sign ? text.slice(1) : text;
  return form(sign, digits.replace(/0+$/, ''), digits.length);
}

function form(sign: string, digits: string, exponent: number): string {
  return `${sign}.${digits}e${exponent}`;
}

/** Half away from zero, as PostgreSQL rounds numeric; digits without trailing zeros. */
function roundDigits(digits: string, keep: number): { digits: string; carry: number } {
  if (digits.length <= keep) return { digits: digits.replace(/0+$/, ''), carry: 0 };
  const head = digits.slice(0, keep);
  if ((digits[keep] ?? '0') < '5') return { digits: head.replace(/0+$/, ''), carry: 0 };
  const raised = String(BigInt(head) + 1n);
  return { digits: raised.replace(/0+$/, ''), carry: raised.length - head.length };
}
