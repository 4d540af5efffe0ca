import { type CalendarDate, compareDates } from './calendar.ts';
import type { Category } from './charge.ts';
import {
  add,
  type BasisPoints,
  type Currency,
  type Money,
  percentOf,
  percentWithin,
  subtract,
  sum,
  zero,
} from './money.ts';
import { contains, type Period } from './period.ts';

export interface TaxRate {
  readonly region: string;
  /** All categories that have no rate of their own when absent. */
  readonly category?: Category;
  readonly points: BasisPoints;
  readonly valid?: Period;
}

/** Regions between which businesses account for the tax themselves, and the rates in each. */
export interface TaxArea {
  readonly regions: readonly string[];
  readonly rates: readonly TaxRate[];
}

export interface Party {
  readonly name: string;
  readonly region: string;
  /** Of a business that is registered for the tax. */
  readonly taxId?: string;
  /** An authority, a charity. */
  readonly exempt?: boolean;
}

export type Treatment =
  | { readonly kind: 'charged'; readonly points: BasisPoints }
  | { readonly kind: 'reverse-charge' | 'export' | 'exempt' };

export interface TaxedGroup {
  readonly treatment: Treatment;
  readonly net: Money;
  readonly tax: Money;
}

export interface TaxOptions {
  readonly currency: Currency;
  /** Whether the amounts have the tax in them. */
  readonly amounts: 'net' | 'gross';
  /** Whether the tax of each line is rounded, or that of all lines at the same rate. */
  readonly round: 'line' | 'invoice';
}

/** The tax is due where the buyer is. */
export function treatmentOf(
  area: TaxArea,
  seller: Party,
  buyer: Party,
  category: Category,
  date: CalendarDate,
): Treatment {
  if (buyer.exempt) return { kind: 'exempt' };
  if (!area.regions.includes(buyer.region)) return { kind: 'export' };
  if (buyer.region !== seller.region && buyer.taxId !== undefined) return { kind: 'reverse-charge' };
  return { kind: 'charged', points: rateFor(area, buyer.region, category, date) };
}

/** The rate of a category before that of all, a later one before an earlier one. */
export function rateFor(area: TaxArea, region: string, category: Category, date: CalendarDate): BasisPoints {
  const [best] = area.rates
    .filter((rate) => rate.region === region)
    .filter((rate) => rate.category === undefined || rate.category === category)
    .filter((rate) => rate.valid === undefined || contains(rate.valid, date))
    .toSorted((a, b) => Number(isGeneral(a)) - Number(isGeneral(b)) || compareStarts(b, a));
  if (!best) throw new RangeError(`no tax rate for ${category} in ${region}`);
  return best.points;
}

function isGeneral({ category }: TaxRate): boolean {
  return category === undefined;
}

/** A rate without a period has always been valid. */
function compareStarts(a: TaxRate, b: TaxRate): number {
  if (!a.valid || !b.valid) return Number(a.valid !== undefined) - Number(b.valid !== undefined);
  return compareDates(a.valid.start, b.valid.start);
}

/** Taxes lines, and gathers those that are treated alike: the highest rate first, what is not charged last. */
export function taxLines(
  lines: readonly { readonly amount: Money; readonly treatment: Treatment }[],
  { currency, amounts, round }: TaxOptions,
): TaxedGroup[] {
  const groups = new Map<string, { treatment: Treatment; amounts: Money[] }>();
  for (const { amount, treatment } of lines) {
    const key = keyOf(treatment);
    const group = groups.get(key) ?? { treatment, amounts: [] };
    group.amounts.push(amount);
    groups.set(key, group);
  }
  return [...groups.values()]
    .toSorted((a, b) => pointsOf(b.treatment) - pointsOf(a.treatment))
    .map(({ treatment, amounts: members }) => {
      const taxed = round === 'invoice' ? [sum(members, currency)] : members;
      const parts = taxed.map((amount) => taxOn(amount, treatment, amounts));
      return {
        treatment,
        net: parts.reduce((net, part) => add(net, part.net), zero(currency)),
        tax: parts.reduce((tax, part) => add(tax, part.tax), zero(currency)),
      };
    });
}

/** Net and tax of one amount. A gross price stays what it is whoever buys: without the tax all of it is net. */
export function taxOn(
  amount: Money,
  treatment: Treatment,
  amounts: 'net' | 'gross',
): { net: Money; tax: Money } {
  if (treatment.kind !== 'charged') return { net: amount, tax: zero(amount.currency) };
  if (amounts === 'net') return { net: amount, tax: percentOf(amount, treatment.points) };
  const tax = percentWithin(amount, treatment.points);
  return { net: subtract(amount, tax), tax };
}

function keyOf(treatment: Treatment): string {
  return treatment.kind === 'charged' ? `charged at ${treatment.points}` : treatment.kind;
}

function pointsOf(treatment: Treatment): number {
  return treatment.kind === 'charged' ? treatment.points : -1;
}
