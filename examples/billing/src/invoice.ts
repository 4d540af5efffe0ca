import { addDays, businessDayFrom, type CalendarDate, endOfMonth, formatDate } from './calendar.ts';
import type { Category, Charge } from './charge.ts';
import { applyDiscounts, type Discount, type Discounted } from './discount.ts';
import { add, compareMoney, type Money, negate, smaller, subtract, sum, zero } from './money.ts';
import { intersect, lengthInDays, type Period } from './period.ts';
import { type Price, priceFor } from './price.ts';
import { type DayCount, prorate } from './proration.ts';
import { type Party, type TaxArea, type TaxedGroup, type TaxOptions, taxLines, treatmentOf } from './tax.ts';

export interface Item {
  readonly description: string;
  readonly category: Category;
  readonly price: Price;
  readonly quantity: number;
  /** The whole billing period when absent. */
  readonly active?: Period;
  /** Usage is charged as it was measured, whatever the days. */
  readonly metered?: boolean;
}

export interface Terms {
  readonly days: number;
  /** The days are counted, then the month is let run out. */
  readonly endOfMonth?: boolean;
  readonly holidays?: readonly CalendarDate[];
}

export interface InvoiceRequest extends TaxOptions {
  readonly number: string;
  readonly seller: Party;
  readonly buyer: Party;
  readonly period: Period;
  readonly issued: CalendarDate;
  readonly items: readonly Item[];
  /** Charges and credits that are not made from items, such as those of a change of plan. */
  readonly adjustments?: readonly Charge[];
  readonly discounts?: readonly Discount[];
  readonly area: TaxArea;
  /** What earlier invoices left the buyer with. */
  readonly balance?: Money;
  /** An amount that is not worth collecting: what is due below it is carried over. */
  readonly smallest?: Money;
  readonly dayCount?: DayCount;
  readonly terms: Terms;
}

export interface Invoice {
  readonly number: string;
  readonly seller: Party;
  readonly buyer: Party;
  readonly period: Period;
  readonly issued: CalendarDate;
  readonly due: CalendarDate;
  readonly lines: readonly Charge[];
  readonly discounts: Pick<Discounted, 'applied' | 'refused'>;
  readonly taxes: readonly TaxedGroup[];
  readonly net: Money;
  readonly tax: Money;
  readonly total: Money;
  readonly balanceUsed: Money;
  readonly payable: Money;
  /** The buyer's balance afterwards: a credit is positive, a debt that was carried over is negative. */
  readonly balance: Money;
  readonly status: 'due' | 'settled' | 'carried over' | 'credited';
}

export function makeInvoice(request: InvoiceRequest): Invoice {
  const { number, seller, buyer, period, issued, currency, area } = request;
  const lines = [...itemCharges(request), ...(request.adjustments ?? [])];
  const { amounts, applied, refused } = applyDiscounts(lines, request.discounts ?? [], issued, currency);
  const taxes = taxLines(
    lines.map(({ category, amount }, index) => ({
      amount: amounts[index] ?? amount,
      treatment: treatmentOf(area, seller, buyer, category, issued),
    })),
    request,
  );
  const net = sum(
    taxes.map((group) => group.net),
    currency,
  );
  const tax = sum(
    taxes.map((group) => group.tax),
    currency,
  );
  const total = add(net, tax);
  return {
    number,
    seller,
    buyer,
    period,
    issued,
    due: dueDate(issued, request.terms),
    lines,
    discounts: { applied, refused },
    taxes,
    net,
    tax,
    total,
    ...settle(total, request.balance ?? zero(currency), request.smallest ?? zero(currency)),
  };
}

/** One charge for each item that was active, for the days that it was. */
export function itemCharges({
  items,
  period,
  dayCount,
}: Pick<InvoiceRequest, 'items' | 'period' | 'dayCount'>): Charge[] {
  return items.flatMap(({ description, category, price, quantity, active = period, metered }) => {
    const used = intersect(period, active);
    if (!used) return [];
    const whole = priceFor(price, quantity);
    if (metered || lengthInDays(used) === lengthInDays(period))
      return [{ description, category, amount: whole }];
    return [
      {
        description: `${description}, ${formatDate(used.start)} to ${formatDate(addDays(used.end, -1))}`,
        category,
        amount: prorate(whole, period, used, dayCount),
      },
    ];
  });
}

/** When an invoice must be paid: never on a weekend or a holiday. */
export function dueDate(issued: CalendarDate, { days, endOfMonth: runsOut, holidays }: Terms): CalendarDate {
  const counted = addDays(issued, days);
  return businessDayFrom(runsOut ? endOfMonth(counted) : counted, holidays);
}

/**
 * What is to be paid of a total after the buyer's balance. A negative total is added to the balance; a negative balance
 * is a debt, which is collected with the total.
 */
export function settle(
  total: Money,
  balance: Money,
  smallest: Money,
): Pick<Invoice, 'balanceUsed' | 'payable' | 'balance' | 'status'> {
  const nothing = zero(total.currency);
  if (total.minor < 0) {
    return {
      balanceUsed: nothing,
      payable: nothing,
      balance: subtract(balance, total),
      status: 'credited',
    };
  }
  const balanceUsed = smaller(balance, total);
  const open = subtract(total, balanceUsed);
  if (open.minor === 0) {
    return { balanceUsed, payable: nothing, balance: subtract(balance, balanceUsed), status: 'settled' };
  }
  if (compareMoney(open, smallest) < 0) {
    return { balanceUsed, payable: nothing, balance: negate(open), status: 'carried over' };
  }
  return { balanceUsed, payable: open, balance: nothing, status: 'due' };
}
