import { describe, expect, test } from 'vitest';
import {
  billingPeriodOf,
  type Cycle,
  formatDate,
  formatMoney,
  type Invoice,
  type Item,
  makeInvoice,
  type Period,
} from '../../src/index.ts';
import { day, eur, invoiceRequest, span } from '../example-business.ts';

const plan = (price: string, active?: Period): Item => ({
  description: 'Plan',
  category: 'software',
  price: { kind: 'flat', amount: eur(price) },
  quantity: 1,
  ...(active ? { active } : {}),
});

/** The invoice that a subscription has for the billing period of a date; an active part is charged by the day. */
function invoiceOn(anchor: string, cycle: Cycle, date: string, item: Item): Invoice {
  const period = billingPeriodOf(day(anchor), cycle, day(date));
  if (!period) throw new Error(`nothing is billed on ${date}`);
  return makeInvoice(invoiceRequest({ period, issued: period.start, items: [item], terms: { days: 10 } }));
}

describe('a subscription of the last day of the month', () => {
  test.each([
    ['2024-01-31', '2024-02-10', '2024-01-31', '2024-02-29', '2024-02-12'],
    ['2024-01-31', '2024-02-29', '2024-02-29', '2024-03-31', '2024-03-11'],
    ['2099-12-31', '2100-02-28', '2100-02-28', '2100-03-31', '2100-03-10'],
    ['2099-12-31', '2100-02-27', '2100-01-31', '2100-02-28', '2100-02-10'],
    ['1999-12-31', '2000-02-28', '2000-01-31', '2000-02-29', '2000-02-10'],
    ['2024-02-29', '2025-02-28', '2025-02-28', '2025-03-29', '2025-03-10'],
    ['2025-12-31', '2026-01-01', '2025-12-31', '2026-01-31', '2026-01-12'],
  ])('since %s, on %s', (anchor, date, start, end, due) => {
    const invoice = invoiceOn(anchor, { unit: 'month', count: 1 }, date, plan('10'));
    expect([invoice.period.start, invoice.period.end, invoice.due].map(formatDate)).toEqual([
      start,
      end,
      due,
    ]);
  });
});

describe('a subscription by the week', () => {
  test.each([
    [1, '2026-01-11', '2026-01-05', '2026-01-12'],
    [1, '2026-01-12', '2026-01-12', '2026-01-19'],
    [2, '2026-01-18', '2026-01-05', '2026-01-19'],
    [2, '2026-01-19', '2026-01-19', '2026-02-02'],
    [4, '2026-12-31', '2026-12-07', '2027-01-04'],
  ])('every %d weeks, on %s', (count, date, start, end) => {
    const { period } = invoiceOn('2026-01-05', { unit: 'week', count }, date, plan('7'));
    expect([period.start, period.end].map(formatDate)).toEqual([start, end]);
  });

  test('a part of a week is charged by the day', () => {
    const invoice = invoiceOn(
      '2026-01-05',
      { unit: 'week', count: 1 },
      '2026-01-14',
      plan('7', span('2026-01-05', '2026-01-15')),
    );
    expect(formatMoney(invoice.net)).toBe('€3.00');
  });
});

describe('a year that is cancelled early', () => {
  test.each([
    ['2026-03-01', 'actual', '€59.00'],
    ['2026-03-01', '30/360', '€60.83'],
    ['2026-05-31', '30/360', '€152.08'],
    ['2026-07-31', '30/360', '€212.92'],
    ['2026-12-31', 'actual', '€364.00'],
  ] as const)('with %s, counted as %s', (end, dayCount, net) => {
    const items = [plan('365', span('2026-01-01', end))];
    const period = span('2026-01-01', '2027-01-01');
    expect(formatMoney(makeInvoice(invoiceRequest({ period, items, dayCount })).net)).toBe(net);
  });

  test('in months of 30 days the 31st is the 30th', () => {
    const period = span('2026-01-30', '2026-07-30');
    const net = (start: string, end: string) =>
      formatMoney(
        makeInvoice(invoiceRequest({ period, items: [plan('180', span(start, end))], dayCount: '30/360' }))
          .net,
      );
    expect(net('2026-01-30', '2026-03-31')).toBe('€60.00');
    expect(net('2026-01-31', '2026-03-31')).toBe('€60.00');
    expect(net('2026-02-15', '2026-03-31')).toBe('€46.00');
    expect(net('2026-03-31', '2026-07-30')).toBe('€120.00');
  });
});

describe('payment', () => {
  const holidays = ['2026-04-03', '2026-04-06', '2026-05-01'].map(day);

  test.each([
    ['2026-03-24', 10, undefined, '2026-04-07'],
    ['2026-03-23', 10, undefined, '2026-04-02'],
    ['2026-04-21', 10, undefined, '2026-05-04'],
    ['2026-02-10', 14, true, '2026-03-02'],
    ['2024-02-10', 14, true, '2024-02-29'],
    ['2026-04-10', 30, true, '2026-06-01'],
  ])('of an invoice of %s in %d days, end of month %s', (issued, days, endOfMonth, due) => {
    const terms = { days, holidays, ...(endOfMonth === undefined ? {} : { endOfMonth }) };
    expect(formatDate(makeInvoice(invoiceRequest({ issued: day(issued), terms })).due)).toBe(due);
  });
});
