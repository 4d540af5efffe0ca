import { describe, expect, test } from 'vitest';
import {
  add,
  changePlan,
  formatMoney,
  makeInvoice,
  type Plan,
  renderInvoice,
  seatCharges,
  sum,
} from '../../src/index.ts';
import { day, eur, invoiceRequest, JANUARY } from '../example-business.ts';

const starter: Plan = { name: 'Starter', category: 'software', amount: eur('29') };
const growth: Plan = { name: 'Growth', category: 'software', amount: eur('99') };
const care: Plan = { name: 'Care', category: 'support', amount: eur('40') };

describe('an upgrade in the middle of January', () => {
  const adjustments = changePlan(JANUARY, {
    from: starter,
    to: growth,
    date: day('2026-01-16'),
    downgrades: 'at once',
  });

  test('is charged on the next invoice', () => {
    const invoice = makeInvoice(invoiceRequest({ items: [], adjustments }));
    expect(renderInvoice(invoice)).toMatchSnapshot();
    expect(formatMoney(invoice.total)).toBe('€43.00');
  });

  test('a discount lowers the new plan and not the credit', () => {
    const discounts = [{ code: 'HALF', off: { kind: 'percent', points: 5_000 } }] as const;
    const invoice = makeInvoice(invoiceRequest({ items: [], adjustments, discounts }));
    expect(invoice.discounts.applied.map(({ amount }) => formatMoney(amount))).toEqual(['€25.55']);
    expect(invoice).toMatchObject({ net: eur('10.58'), tax: eur('2.01') });
  });

  test('and back on the same day costs nothing', () => {
    const back = changePlan(JANUARY, {
      from: growth,
      to: starter,
      date: day('2026-01-16'),
      downgrades: 'at once',
    });
    const invoice = makeInvoice(invoiceRequest({ items: [], adjustments: [...adjustments, ...back] }));
    expect(invoice.total).toEqual(eur('0'));
    expect(invoice.status).toBe('settled');
  });
});

describe('a downgrade', () => {
  const downgrade = (downgrades: 'at once' | 'at renewal') =>
    makeInvoice(
      invoiceRequest({
        items: [],
        adjustments: changePlan(JANUARY, { from: growth, to: starter, date: day('2026-01-22'), downgrades }),
      }),
    );

  test('at once leaves the customer with a balance', () => {
    expect(downgrade('at once')).toMatchObject({
      net: eur('-22.59'),
      tax: eur('-4.29'),
      status: 'credited',
      balance: eur('26.88'),
    });
  });

  test('the balance pays the next invoice', () => {
    const { balance } = downgrade('at once');
    expect(makeInvoice(invoiceRequest({ balance }))).toMatchObject({
      balanceUsed: eur('26.88'),
      payable: eur('92.12'),
      balance: eur('0'),
    });
  });

  test('at renewal is not on the invoice', () => {
    expect(downgrade('at renewal')).toMatchObject({ lines: [], total: eur('0') });
  });
});

describe('a team that grows', () => {
  const seats = seatCharges(JANUARY, starter, [
    { date: day('2025-06-01'), seats: 3 },
    { date: day('2026-01-12'), seats: 8 },
    { date: day('2026-01-26'), seats: 6 },
  ]);

  test('pays for each seat by the day', () => {
    expect(seats.map(({ description, amount }) => `${description} ${formatMoney(amount)}`)).toMatchSnapshot();
  });

  test('the parts come to what seat days cost', () => {
    const seatDays = 3 * 11 + 8 * 14 + 6 * 6;
    expect(
      sum(
        seats.map(({ amount }) => amount),
        'EUR',
      ),
    ).toEqual(eur(((29 * seatDays) / 31).toFixed(2)));
  });

  test('with support, which has a discount of its own', () => {
    const discounts = [
      { code: 'CARE10', off: { kind: 'amount', amount: eur('10') }, categories: ['support'] },
    ] as const;
    const support = seatCharges(JANUARY, care, [{ date: day('2026-01-01'), seats: 1 }]);
    const invoice = makeInvoice(
      invoiceRequest({ items: [], adjustments: [...seats, ...support], discounts }),
    );
    const software = sum(
      seats.map(({ amount }) => amount),
      'EUR',
    );
    expect(invoice.net).toEqual(add(software, eur('30')));
  });
});
