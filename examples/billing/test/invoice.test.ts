import { describe, expect, test } from 'vitest';
import { dueDate, formatDate, type Item, itemCharges, makeInvoice, settle } from '../src/index.ts';
import { day, eur, FRENCH_COMPANY, invoiceRequest, JANUARY, METER, span } from './example-business.ts';

const plan: Item = {
  description: 'Plan',
  category: 'software',
  price: { kind: 'flat', amount: eur('31') },
  quantity: 1,
};

describe('itemCharges', () => {
  const charges = (...items: Item[]) => itemCharges({ items, period: JANUARY });

  test('an item is charged for the whole period', () => {
    expect(charges(plan)).toEqual([{ description: 'Plan', category: 'software', amount: eur('31') }]);
  });

  test.each([
    ['2026-01-11', '2027-01-01', 'Plan, 2026-01-11 to 2026-01-31', '21'],
    ['2025-01-01', '2026-01-11', 'Plan, 2026-01-01 to 2026-01-10', '10'],
    ['2026-01-31', '2026-02-01', 'Plan, 2026-01-31 to 2026-01-31', '1'],
    ['2026-01-01', '2026-02-01', 'Plan', '31'],
    ['2025-01-01', '2027-01-01', 'Plan', '31'],
  ])('active from %s to %s', (start, end, description, amount) => {
    expect(charges({ ...plan, active: span(start, end) })).toEqual([
      { description, category: 'software', amount: eur(amount) },
    ]);
  });

  test('an item that was not active is not charged', () => {
    expect(charges({ ...plan, active: span('2026-02-01', '2026-03-01') }, plan)).toHaveLength(1);
  });

  test('usage is charged as it was measured', () => {
    const usage: Item = {
      description: 'Calls',
      category: 'software',
      price: { kind: 'graduated', tiers: METER },
      quantity: 150,
      metered: true,
      active: span('2026-01-20', '2026-02-01'),
    };
    expect(charges(usage)).toEqual([{ description: 'Calls', category: 'software', amount: eur('14') }]);
  });

  test('days can be counted as 30 a month', () => {
    const items = [
      {
        ...plan,
        price: { kind: 'flat', amount: eur('30') } as const,
        active: span('2026-01-16', '2026-02-01'),
      },
    ];
    expect(itemCharges({ items, period: JANUARY, dayCount: '30/360' })[0]?.amount).toEqual(eur('15'));
  });
});

describe('dueDate', () => {
  test.each([
    ['2026-02-02', 14, '2026-02-16'],
    ['2026-02-02', 0, '2026-02-02'],
    ['2026-02-02', 12, '2026-02-16'],
    ['2026-02-20', 14, '2026-03-06'],
  ])('%s and %d days', (issued, days, expected) => {
    expect(formatDate(dueDate(day(issued), { days }))).toBe(expected);
  });

  test('lets the month run out where agreed', () => {
    expect(formatDate(dueDate(day('2026-02-20'), { days: 14, endOfMonth: true }))).toBe('2026-03-31');
    expect(formatDate(dueDate(day('2026-01-05'), { days: 30, endOfMonth: true }))).toBe('2026-03-02');
  });

  test('is never on a holiday', () => {
    const holidays = [day('2026-12-25'), day('2026-12-28')];
    expect(formatDate(dueDate(day('2026-12-11'), { days: 14, holidays }))).toBe('2026-12-29');
  });
});

describe('settle', () => {
  test.each([
    // total, balance before, smallest → used, payable, balance after
    ['119', '0', '0', '0', '119', '0', 'due'],
    ['119', '19', '0', '19', '100', '0', 'due'],
    ['119', '119', '0', '119', '0', '0', 'settled'],
    ['119', '150', '0', '119', '0', '31', 'settled'],
    ['119', '-11', '0', '-11', '130', '0', 'due'],
    ['0', '0', '0', '0', '0', '0', 'settled'],
    ['0', '25', '0', '0', '0', '25', 'settled'],
    ['4.99', '0', '5', '0', '0', '-4.99', 'carried over'],
    ['5', '0', '5', '0', '5', '0', 'due'],
    ['7', '3', '5', '3', '0', '-4', 'carried over'],
    ['3', '-2', '5', '-2', '5', '0', 'due'],
    ['2', '-2', '5', '-2', '0', '-4', 'carried over'],
    ['0.01', '0', '0', '0', '0.01', '0', 'due'],
    ['-30', '0', '0', '0', '0', '30', 'credited'],
    ['-30', '12', '5', '0', '0', '42', 'credited'],
    ['-30', '-50', '0', '0', '0', '-20', 'credited'],
  ])(
    'a total of %s with a balance of %s, smallest %s',
    (total, before, smallest, used, payable, after, status) => {
      expect(settle(eur(total), eur(before), eur(smallest))).toEqual({
        balanceUsed: eur(used),
        payable: eur(payable),
        balance: eur(after),
        status,
      });
    },
  );
});

describe('makeInvoice', () => {
  test('adds net and tax', () => {
    expect(makeInvoice(invoiceRequest())).toMatchObject({
      number: '2026-0001',
      net: eur('100'),
      tax: eur('19'),
      total: eur('119'),
      payable: eur('119'),
      balanceUsed: eur('0'),
      balance: eur('0'),
      status: 'due',
      due: day('2026-02-16'),
      discounts: { applied: [], refused: [] },
    });
  });

  test('an invoice without items is settled', () => {
    expect(makeInvoice(invoiceRequest({ items: [] }))).toMatchObject({
      lines: [],
      taxes: [],
      total: eur('0'),
      status: 'settled',
    });
  });

  test('taxes what the discounts leave', () => {
    const invoice = makeInvoice(
      invoiceRequest({ discounts: [{ code: 'QUARTER', off: { kind: 'percent', points: 2_500 } }] }),
    );
    expect(invoice).toMatchObject({ net: eur('75'), tax: eur('14.25'), total: eur('89.25') });
    expect(invoice.lines.map(({ amount }) => amount)).toEqual([eur('100')]);
    expect(invoice.discounts.applied).toEqual([{ code: 'QUARTER', amount: eur('25') }]);
  });

  test('discounts are asked on the day of issue', () => {
    const valid = span('2026-01-01', '2026-02-02');
    const discounts = [{ code: 'NEWYEAR', off: { kind: 'percent', points: 1_000 }, valid }] as const;
    expect(makeInvoice(invoiceRequest({ discounts })).discounts.refused).toEqual([
      { code: 'NEWYEAR', reason: 'not valid on this date' },
    ]);
    expect(makeInvoice(invoiceRequest({ discounts, issued: day('2026-02-01') })).net).toEqual(eur('90'));
  });

  test('puts adjustments after the items', () => {
    const adjustments = [{ description: 'Goodwill', category: 'software', amount: eur('-10') }] as const;
    const invoice = makeInvoice(invoiceRequest({ adjustments }));
    expect(invoice.lines.map(({ description }) => description)).toEqual(['Basic plan', 'Goodwill']);
    expect(invoice.total).toEqual(eur('107.10'));
  });

  test('a credit note adds to the balance', () => {
    const adjustments = [{ description: 'Refund', category: 'software', amount: eur('-200') }] as const;
    expect(makeInvoice(invoiceRequest({ adjustments, balance: eur('1') }))).toMatchObject({
      total: eur('-119'),
      payable: eur('0'),
      balance: eur('120'),
      status: 'credited',
    });
  });

  test('uses the balance of the buyer', () => {
    expect(makeInvoice(invoiceRequest({ balance: eur('20') }))).toMatchObject({
      total: eur('119'),
      balanceUsed: eur('20'),
      payable: eur('99'),
    });
  });

  test('carries a small amount over', () => {
    expect(makeInvoice(invoiceRequest({ smallest: eur('119.01') }))).toMatchObject({
      payable: eur('0'),
      balance: eur('-119'),
      status: 'carried over',
    });
  });

  test('gross prices have the tax in them', () => {
    expect(makeInvoice(invoiceRequest({ amounts: 'gross' }))).toMatchObject({
      net: eur('84.03'),
      tax: eur('15.97'),
      total: eur('100'),
    });
  });

  test('a company abroad accounts for the tax itself', () => {
    expect(makeInvoice(invoiceRequest({ buyer: FRENCH_COMPANY }))).toMatchObject({
      tax: eur('0'),
      total: eur('100'),
      taxes: [{ treatment: { kind: 'reverse-charge' } }],
    });
  });

  test('counts days as it is told', () => {
    const items = [{ ...plan, active: span('2026-01-16', '2026-02-01') }];
    expect(makeInvoice(invoiceRequest({ items })).net).toEqual(eur('16'));
    expect(makeInvoice(invoiceRequest({ items, dayCount: '30/360' })).net).toEqual(eur('15.50'));
  });

  test('leaves the request as it was', () => {
    const request = invoiceRequest({ discounts: [{ code: 'A', off: { kind: 'amount', amount: eur('5') } }] });
    const copy = structuredClone(request);
    makeInvoice(request);
    expect(request).toEqual(copy);
  });
});
