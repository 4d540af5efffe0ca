import { add, type Currency, larger, type Money, scale, smaller, sum, zero } from './money.ts';

/** Units up to and with `upTo` cost `unit` each; a tier that is entered costs `entry` once. The last has no limit. */
export interface Tier {
  readonly upTo?: number;
  readonly unit: Money;
  readonly entry?: Money;
}

type Tiers = readonly [Tier, ...Tier[]];

export type Price =
  | { readonly kind: 'flat'; readonly amount: Money }
  /** The first `included` units are free; the charge lies between `minimum` and `maximum`. */
  | {
      readonly kind: 'per-unit';
      readonly unit: Money;
      readonly included?: number;
      readonly minimum?: Money;
      readonly maximum?: Money;
    }
  /** Each unit costs what its own tier says. */
  | { readonly kind: 'graduated'; readonly tiers: Tiers }
  /** All units cost what the tier of the last one says. */
  | { readonly kind: 'volume'; readonly tiers: Tiers }
  /** Units are sold by the package; one that is begun is charged. */
  | { readonly kind: 'package'; readonly size: number; readonly amount: Money };

/** What a quantity costs before discounts and taxes. */
export function priceFor(price: Price, quantity: number): Money {
  if (!Number.isInteger(quantity) || quantity < 0) throw new RangeError(`${quantity} is no quantity`);
  const [problem] = problemsOf(price);
  if (problem !== undefined) throw new RangeError(`the price cannot be used: ${problem}`);
  switch (price.kind) {
    case 'flat':
      return quantity === 0 ? zero(price.amount.currency) : price.amount;
    case 'per-unit': {
      const billable = Math.max(quantity - (price.included ?? 0), 0);
      const charge = larger(times(price.unit, billable), price.minimum ?? zero(price.unit.currency));
      return price.maximum ? smaller(charge, price.maximum) : charge;
    }
    case 'graduated':
      return graduated(price.tiers, quantity, currencyOf(price));
    case 'volume':
      return volume(price.tiers, quantity, currencyOf(price));
    case 'package':
      return times(price.amount, Math.ceil(quantity / price.size));
  }
}

/** Why a price cannot be used, in sentences; none when it can. */
export function problemsOf(price: Price): string[] {
  const problems: string[] = [];
  const amounts = amountsOf(price);
  const currency = currencyOf(price);
  if (amounts.some((amount) => amount.currency !== currency)) problems.push('it mixes currencies');
  if (amounts.some(({ minor }) => minor < 0)) problems.push('an amount is negative');
  if (price.kind === 'package' && price.size < 1) problems.push('a package holds at least one unit');
  if (price.kind === 'per-unit' && price.minimum && price.maximum) {
    if (price.minimum.minor > price.maximum.minor) problems.push('its minimum is above its maximum');
  }
  if (price.kind === 'graduated' || price.kind === 'volume') problems.push(...tierProblems(price.tiers));
  return problems;
}

export function currencyOf(price: Price): Currency {
  switch (price.kind) {
    case 'flat':
    case 'package':
      return price.amount.currency;
    case 'per-unit':
      return price.unit.currency;
    case 'graduated':
    case 'volume':
      return price.tiers[0].unit.currency;
  }
}

function graduated(tiers: Tiers, quantity: number, currency: Currency): Money {
  const charges: Money[] = [];
  let from = 0;
  for (const { upTo = quantity, unit, entry } of tiers) {
    if (quantity <= from) break;
    charges.push(times(unit, Math.min(quantity, upTo) - from));
    if (entry) charges.push(entry);
    from = upTo;
  }
  return sum(charges, currency);
}

function volume(tiers: Tiers, quantity: number, currency: Currency): Money {
  const tier = tiers.find(({ upTo = quantity }) => quantity <= upTo);
  if (!tier || quantity === 0) return zero(currency);
  const charge = times(tier.unit, quantity);
  return tier.entry ? add(charge, tier.entry) : charge;
}

function tierProblems(tiers: Tiers): string[] {
  const problems: string[] = [];
  const limits = tiers.map(({ upTo }) => upTo);
  if (limits.at(-1) !== undefined) problems.push('the last tier must have no limit');
  if (limits.slice(0, -1).includes(undefined)) problems.push('only the last tier may have no limit');
  if (limits.some((limit, index) => (limit ?? Number.POSITIVE_INFINITY) <= (limits[index - 1] ?? 0))) {
    problems.push('the limits of its tiers must grow');
  }
  return problems;
}

function amountsOf(price: Price): Money[] {
  switch (price.kind) {
    case 'flat':
    case 'package':
      return [price.amount];
    case 'per-unit':
      return [price.unit, price.minimum, price.maximum].filter((amount) => amount !== undefined);
    case 'graduated':
    case 'volume':
      return price.tiers.flatMap(({ unit, entry }) => (entry ? [unit, entry] : [unit]));
  }
}

function times(amount: Money, quantity: number): Money {
  return scale(amount, quantity, 1);
}
