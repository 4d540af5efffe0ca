import type { CalendarDate } from './calendar.ts';
import type { Category, Charge } from './charge.ts';
import {
  allocate,
  type BasisPoints,
  type Currency,
  compareMoney,
  type Money,
  percentOf,
  smaller,
  subtract,
  sum,
  zero,
} from './money.ts';
import { contains, type Period } from './period.ts';

export interface Discount {
  readonly code: string;
  readonly off:
    | { readonly kind: 'percent'; readonly points: BasisPoints }
    | { readonly kind: 'amount'; readonly amount: Money };
  /** All categories when absent. */
  readonly categories?: readonly Category[];
  readonly valid?: Period;
  /** What the charges that it applies to must come to. */
  readonly minimum?: Money;
  /** The most that it takes off. */
  readonly cap?: Money;
  /** Stands alone: it joins no other discount. */
  readonly exclusive?: boolean;
}

export type Refusal =
  | 'not valid on this date'
  | 'nothing to discount'
  | 'below its minimum'
  | 'others save more';

export interface Discounted {
  /** What is left of each charge, in the order of the charges. */
  readonly amounts: readonly Money[];
  readonly applied: readonly { readonly code: string; readonly amount: Money }[];
  readonly refused: readonly { readonly code: string; readonly reason: Refusal }[];
}

/**
 * Takes off what saves most: all the discounts that may join, or one exclusive discount alone; at a tie those that join.
 * Per cents come before amounts, each on what the ones before have left. No charge falls below zero, and a credit is
 * never discounted.
 */
export function applyDiscounts(
  charges: readonly Charge[],
  discounts: readonly Discount[],
  date: CalendarDate,
  currency: Currency,
): Discounted {
  const refused: { code: string; reason: Refusal }[] = [];
  const eligible: Discount[] = [];
  for (const discount of discounts) {
    const reason = refusalOf(discount, charges, date, currency);
    if (reason === undefined) eligible.push(discount);
    else refused.push({ code: discount.code, reason });
  }

  const joining = eligible.filter(({ exclusive }) => !exclusive);
  const together = takeOff(joining.toSorted(byKind), charges, currency);
  const alone = eligible.filter(({ exclusive }) => exclusive).map((one) => takeOff([one], charges, currency));
  const best = alone.reduce(
    (a, b) => (compareMoney(saved(b, currency), saved(a, currency)) > 0 ? b : a),
    together,
  );

  for (const { code } of eligible) {
    if (!best.applied.some((one) => one.code === code)) refused.push({ code, reason: 'others save more' });
  }
  return { ...best, refused };
}

function refusalOf(
  discount: Discount,
  charges: readonly Charge[],
  date: CalendarDate,
  currency: Currency,
): Refusal | undefined {
  if (discount.valid && !contains(discount.valid, date)) return 'not valid on this date';
  const amounts = charges.filter((charge) => appliesTo(discount, charge)).map(({ amount }) => amount);
  if (amounts.length === 0) return 'nothing to discount';
  if (discount.minimum && compareMoney(sum(amounts, currency), discount.minimum) < 0)
    return 'below its minimum';
  return undefined;
}

function appliesTo({ categories }: Discount, { category, amount }: Charge): boolean {
  return amount.minor > 0 && (categories === undefined || categories.includes(category));
}

function byKind(a: Discount, b: Discount): number {
  return rank(a) - rank(b);
}

function rank({ off }: Discount): number {
  return off.kind === 'percent' ? 0 : 1;
}

function takeOff(
  plan: readonly Discount[],
  charges: readonly Charge[],
  currency: Currency,
): Omit<Discounted, 'refused'> {
  let amounts = charges.map(({ amount }) => amount);
  const applied: { code: string; amount: Money }[] = [];
  for (const discount of plan) {
    // What it does not apply to weighs nothing, and so keeps all of its amount.
    const bases = amounts.map((amount, index) => {
      const charge = charges[index];
      return charge && appliesTo(discount, charge) ? amount : zero(currency);
    });
    const base = sum(bases, currency);
    const amount = reduction(discount, base);
    if (base.minor > 0) {
      const weights = bases.map(({ minor }) => minor);
      const parts = allocate(amount, weights);
      amounts = amounts.map((left, index) => subtract(left, parts[index] ?? zero(currency)));
    }
    applied.push({ code: discount.code, amount });
  }
  return { amounts, applied };
}

function reduction({ off, cap }: Discount, base: Money): Money {
  const wanted = off.kind === 'percent' ? percentOf(base, off.points) : off.amount;
  return smaller(cap ? smaller(wanted, cap) : wanted, base);
}

function saved({ applied }: Omit<Discounted, 'refused'>, currency: Currency): Money {
  return sum(
    applied.map(({ amount }) => amount),
    currency,
  );
}
