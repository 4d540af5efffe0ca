/** Digits after the point, as ISO 4217 has them. */
const MINOR_DIGITS = { EUR: 2, USD: 2, GBP: 2, JPY: 0, KWD: 3 } as const;

const SYMBOLS: Record<Currency, string> = { EUR: '€', USD: '$', GBP: '£', JPY: '¥', KWD: 'KWD ' };

export type Currency = keyof typeof MINOR_DIGITS;

/** An amount in whole minor units: cents, pence, yen, fils. */
export interface Money {
  readonly minor: number;
  readonly currency: Currency;
}

/**
 * What becomes of a part of a minor unit. All four look at the magnitude, so that a refund rounds as its charge did:
 * `up` is away from zero and `half-up` takes an exact half away from it.
 */
export type Rounding = 'half-up' | 'half-even' | 'up' | 'down';

/** One hundredth of a per cent; 10,000 of them are the whole. */
export type BasisPoints = number;

const WHOLE: BasisPoints = 10_000;

export function money(minor: number, currency: Currency): Money {
  if (!Number.isSafeInteger(minor)) throw new RangeError(`${minor} is no whole number of minor units`);
  // There is one zero: -0 would compare as equal and print as another amount.
  return { minor: minor === 0 ? 0 : minor, currency };
}

export function zero(currency: Currency): Money {
  return money(0, currency);
}

export function add(a: Money, b: Money): Money {
  return money(a.minor + sameCurrency(a, b).minor, a.currency);
}

export function subtract(a: Money, b: Money): Money {
  return money(a.minor - sameCurrency(a, b).minor, a.currency);
}

export function negate(amount: Money): Money {
  return money(-amount.minor, amount.currency);
}

/** Negative when `a` is the smaller, as a comparator wants it. */
export function compareMoney(a: Money, b: Money): number {
  return a.minor - sameCurrency(a, b).minor;
}

export function smaller(a: Money, b: Money): Money {
  return compareMoney(a, b) < 0 ? a : b;
}

export function larger(a: Money, b: Money): Money {
  return compareMoney(a, b) > 0 ? a : b;
}

export function sum(amounts: readonly Money[], currency: Currency): Money {
  return amounts.reduce(add, zero(currency));
}

/** A quotient of whole numbers, rounded to a whole number. */
export function divide(numerator: number, denominator: number, rounding: Rounding): number {
  if (!Number.isSafeInteger(numerator)) throw new RangeError(`${numerator} is too large to divide exactly`);
  if (!Number.isSafeInteger(denominator) || denominator === 0) {
    throw new RangeError(`cannot divide by ${denominator}`);
  }
  const n = Math.abs(numerator);
  const d = Math.abs(denominator);
  const rest = n % d;
  const floor = (n - rest) / d;
  const magnitude = roundsUp(floor, rest, d, rounding) ? floor + 1 : floor;
  return numerator < 0 === denominator < 0 ? magnitude : -magnitude;
}

function roundsUp(floor: number, rest: number, denominator: number, rounding: Rounding): boolean {
  if (rest === 0) return false;
  switch (rounding) {
    case 'down':
      return false;
    case 'up':
      return true;
    case 'half-up':
      return rest * 2 >= denominator;
    case 'half-even':
      return rest * 2 === denominator ? floor % 2 === 1 : rest * 2 > denominator;
  }
}

export function scale(
  amount: Money,
  numerator: number,
  denominator: number,
  rounding: Rounding = 'half-up',
): Money {
  return money(divide(amount.minor * numerator, denominator, rounding), amount.currency);
}

export function percentOf(amount: Money, points: BasisPoints, rounding: Rounding = 'half-up'): Money {
  return scale(amount, points, WHOLE, rounding);
}

/** The part of a gross amount that was added to a net one at this rate. */
export function percentWithin(gross: Money, points: BasisPoints, rounding: Rounding = 'half-up'): Money {
  return scale(gross, points, WHOLE + points, rounding);
}

/**
 * Parts in proportion to the weights that sum to the total exactly. The minor units that are left over go to the largest
 * remainders, among equal ones to the first.
 */
export function allocate(total: Money, weights: readonly number[]): Money[] {
  const whole = weights.reduce((a, b) => a + b, 0);
  if (whole <= 0 || weights.some((weight) => weight < 0)) {
    throw new RangeError('weights must not be negative, and one must be positive');
  }
  const magnitude = Math.abs(total.minor);
  const shares = weights.map((weight, index) => ({
    index,
    floor: divide(magnitude * weight, whole, 'down'),
    rest: (magnitude * weight) % whole,
  }));
  const left = shares.reduce((remaining, { floor }) => remaining - floor, magnitude);
  const favoured = new Set(
    shares
      .toSorted((a, b) => b.rest - a.rest)
      .slice(0, left)
      .map(({ index }) => index),
  );
  return shares.map(({ index, floor }) => {
    const share = money(favoured.has(index) ? floor + 1 : floor, total.currency);
    return total.minor < 0 ? negate(share) : share;
  });
}

/** Reads `1234.5`; no sign but a minus, no separators, no more digits than the currency has. */
export function parseMoney(text: string, currency: Currency): Money {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  const digits = MINOR_DIGITS[currency];
  const [, minus, units = '', fraction = ''] = match ?? [];
  if (!match || fraction.length > digits) throw new RangeError(`'${text}' is no amount in ${currency}`);
  const minor = Number(units + fraction.padEnd(digits, '0'));
  return money(minus ? -minor : minor, currency);
}

/** Writes `-€1,234.50`. */
export function formatMoney(amount: Money): string {
  const digits = MINOR_DIGITS[amount.currency];
  const text = String(Math.abs(amount.minor)).padStart(digits + 1, '0');
  const units = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = digits > 0 ? `.${text.slice(-digits)}` : '';
  return `${amount.minor < 0 ? '-' : ''}${SYMBOLS[amount.currency]}${units}${fraction}`;
}

function sameCurrency(a: Money, b: Money): Money {
  if (a.currency !== b.currency) throw new RangeError(`${b.currency} does not mix with ${a.currency}`);
  return b;
}
