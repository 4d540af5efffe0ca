import { describe, expect, test } from 'vitest';
import {
  billingPeriod,
  type Cycle,
  formatDate,
  formatMoney,
  type Invoice,
  type Money,
  makeInvoice,
  sum,
} from '../../src/index.ts';
import { day, eur, invoiceRequest, span } from '../example-business.ts';

/** A bakery that subscribes on January 31st and cancels with the year's end. */
const ANCHOR = day('2026-01-31');
const ACTIVE = span('2026-01-31', '2027-01-01');
const WELCOME = {
  code: 'WELCOME',
  off: { kind: 'percent', points: 5_000 },
  valid: span('2026-01-01', '2026-05-01'),
} as const;

function invoicesOf(cycle: Cycle, count: number, monthly: Money): Invoice[] {
  const invoices: Invoice[] = [];
  let balance = eur('0');
  for (let number = 0; number < count; number++) {
    const period = billingPeriod(ANCHOR, cycle, number);
    const invoice = makeInvoice(
      invoiceRequest({
        number: `2026-${String(number + 1).padStart(4, '0')}`,
        period,
        issued: period.start,
        items: [
          {
            description: 'Oven monitor',
            category: 'software',
            price: { kind: 'flat', amount: monthly },
            quantity: 1,
            active: ACTIVE,
          },
        ],
        discounts: [WELCOME],
        balance,
        smallest: eur('10'),
      }),
    );
    balance = invoice.balance;
    invoices.push(invoice);
  }
  return invoices;
}

const ledger = (invoices: readonly Invoice[]) =>
  invoices.map(
    ({ number, period, due, net, total, payable, balance, status }) =>
      `${number} ${formatDate(period.start)} due ${formatDate(due)}: net ${formatMoney(net)}, total ${formatMoney(total)}, ` +
      `to pay ${formatMoney(payable)}, balance ${formatMoney(balance)}, ${status}`,
  );

describe('a year of monthly invoices', () => {
  const invoices = invoicesOf({ unit: 'month', count: 1 }, 12, eur('15'));

  test('each is as expected', () => {
    expect(ledger(invoices)).toMatchSnapshot();
  });

  test('half price until May, the full price after it', () => {
    expect(invoices.slice(0, 5).map(({ net }) => formatMoney(net))).toEqual([
      '€7.50',
      '€7.50',
      '€7.50',
      '€7.50',
      '€15.00',
    ]);
  });

  test('what is too small to collect is collected with the next one', () => {
    expect(invoices.slice(0, 4).map(({ payable }) => formatMoney(payable))).toEqual([
      '€0.00',
      '€17.86',
      '€0.00',
      '€17.86',
    ]);
  });

  test('nothing is lost on the way', () => {
    const totals = invoices.map(({ total }) => total);
    const paid = invoices.map(({ payable }) => payable);
    const carriedOver = invoices.at(-1)?.balance ?? eur('0');
    expect(carriedOver).toEqual(eur('-0.57'));
    expect(sum(paid, 'EUR')).toEqual(sum([...totals, carriedOver], 'EUR'));
  });

  test('the last is for the days until the cancellation', () => {
    const last = invoices.at(-1);
    expect(last?.lines.map(({ description }) => description)).toEqual([
      'Oven monitor, 2026-12-31 to 2026-12-31',
    ]);
    expect(last?.net).toEqual(eur('0.48'));
    expect(last?.status).toBe('carried over');
  });

  test('no invoice is due on a weekend', () => {
    const weekends = invoices.filter(({ due }) => [0, 6].includes(new Date(formatDate(due)).getUTCDay()));
    expect(weekends).toEqual([]);
  });
});

describe('the same by the quarter', () => {
  const invoices = invoicesOf({ unit: 'month', count: 3 }, 4, eur('45'));

  test('begins on the last day of each third month', () => {
    expect(invoices.map(({ period }) => formatDate(period.start))).toEqual([
      '2026-01-31',
      '2026-04-30',
      '2026-07-31',
      '2026-10-31',
    ]);
  });

  test('the last has 62 of 92 days', () => {
    expect(invoices.map(({ net }) => formatMoney(net))).toEqual(['€22.50', '€22.50', '€45.00', '€30.33']);
  });
});

describe('the same by four weeks', () => {
  test('is billed thirteen times', () => {
    const invoices = invoicesOf({ unit: 'week', count: 4 }, 13, eur('14'));
    expect(invoices.map(({ period }) => formatDate(period.start))).toMatchSnapshot();
    expect(invoices.at(-1)?.net).toEqual(eur('0'));
    expect(invoices.at(-2)?.net).toEqual(eur('13.50'));
  });
});
