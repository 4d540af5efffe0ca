import { describe, expect, test } from 'vitest';
import {
  changePlan,
  type Item,
  makeInvoice,
  money,
  type Plan,
  type Price,
  parseDate,
  parseMoney,
  seatCharges,
} from '../../src/index.ts';
import { AREA, day, eur, FRENCH_PERSON, invoiceRequest, JANUARY, METER, usd } from '../example-business.ts';

const item = (price: Price, quantity = 1): Item => ({
  description: 'Something',
  category: 'software',
  price,
  quantity,
});

const invoiceWith = (price: Price, quantity?: number) => () =>
  makeInvoice(invoiceRequest({ items: [item(price, quantity)] }));

describe('there is no invoice for', () => {
  test.each([
    ['a price below zero', { kind: 'flat', amount: eur('-0.01') }, 'an amount is negative'],
    ['a meter below zero', { kind: 'graduated', tiers: [{ unit: eur('-1') }] }, 'an amount is negative'],
    [
      'an entry below zero',
      { kind: 'volume', tiers: [{ unit: eur('1'), entry: eur('-1') }] },
      'an amount is negative',
    ],
    ['empty packages', { kind: 'package', size: 0, amount: eur('1') }, 'a package holds at least one unit'],
    [
      'a minimum above the maximum',
      { kind: 'per-unit', unit: eur('1'), minimum: eur('2'), maximum: eur('1.99') },
      'its minimum is above its maximum',
    ],
    ['two currencies', { kind: 'per-unit', unit: eur('1'), maximum: usd('2') }, 'it mixes currencies'],
    [
      'a meter that ends',
      { kind: 'graduated', tiers: [{ upTo: 9, unit: eur('1') }] },
      'the last tier must have no limit',
    ],
    [
      'tiers in a wrong order',
      {
        kind: 'volume',
        tiers: [{ upTo: 9, unit: eur('1') }, { upTo: 8, unit: eur('1') }, { unit: eur('1') }],
      },
      'the limits of its tiers must grow',
    ],
    [
      'a tier that holds nothing',
      { kind: 'volume', tiers: [{ upTo: 0, unit: eur('1') }, { unit: eur('1') }] },
      'the limits of its tiers must grow',
    ],
  ] satisfies [string, Price, string][])('%s', (_, price, problem) => {
    expect(invoiceWith(price)).toThrow(`the price cannot be used: ${problem}`);
  });

  test.each([-1, 1.5])('%d units', (quantity) => {
    expect(invoiceWith({ kind: 'volume', tiers: METER }, quantity)).toThrow(`${quantity} is no quantity`);
  });

  test('more than can be counted in cents', () => {
    const dear: Price = { kind: 'per-unit', unit: money(Number.MAX_SAFE_INTEGER, 'EUR') };
    expect(invoiceWith(dear, 1)).toThrow(RangeError);
    expect(invoiceWith(dear, 2)).toThrow('too large to divide exactly');
  });

  test('a region whose rates nobody knows', () => {
    const area = { ...AREA, rates: AREA.rates.filter(({ region }) => region !== 'FR') };
    expect(() => makeInvoice(invoiceRequest({ area, buyer: FRENCH_PERSON }))).toThrow(
      'no tax rate for software in FR',
    );
  });

  test('a discount in another currency', () => {
    const discounts = [{ code: 'USD5', off: { kind: 'amount', amount: usd('5') } }] as const;
    expect(() => makeInvoice(invoiceRequest({ discounts }))).toThrow('does not mix with');
  });
});

describe('there are no charges for', () => {
  const plan: Plan = { name: 'Plan', category: 'software', amount: eur('31') };

  test.each(['2025-12-31', '2026-02-01'])('a change of plan on %s', (date) => {
    const change = { from: plan, to: plan, date: day(date), downgrades: 'at once' } as const;
    expect(() => changePlan(JANUARY, change)).toThrow(`${date} is not in the period`);
  });

  test('less than no seats, even after some', () => {
    const changes = [
      { date: day('2026-01-01'), seats: 2 },
      { date: day('2026-01-10'), seats: -3 },
    ];
    expect(() => seatCharges(JANUARY, plan, changes)).toThrow('-3 is no number of seats');
  });

  test('seats before there were any', () => {
    const charges = seatCharges(JANUARY, plan, [{ date: day('2026-01-31'), seats: 2 }]);
    expect(charges.map(({ amount }) => amount)).toEqual([eur('2')]);
  });
});

describe('what customers type', () => {
  test.each([
    ['12.345', 'EUR'],
    ['12,34', 'EUR'],
    ['1.0', 'JPY'],
    ['12.3456', 'KWD'],
    ['twelve', 'USD'],
  ] as const)('%s is no price in %s', (text, currency) => {
    expect(() => parseMoney(text, currency)).toThrow(RangeError);
  });

  test.each([
    ['12.34', 'EUR', 1_234],
    ['12', 'JPY', 12],
    ['12.345', 'KWD', 12_345],
    ['-0.5', 'USD', -50],
  ] as const)('%s in %s is invoiced', (text, currency, minor) => {
    const adjustments = [
      { description: 'Typed in', category: 'hardware', amount: parseMoney(text, currency) },
    ] as const;
    expect(makeInvoice(invoiceRequest({ items: [], adjustments, currency })).net.minor).toBe(minor);
  });

  test.each(['2026-02-29', '2026-00-01', '2026-13-01', '2026-06-31', '2026-06-00'])(
    '%s is no day of issue',
    (text) => {
      expect(() => makeInvoice(invoiceRequest({ issued: parseDate(text) }))).toThrow(
        `the calendar has no ${text}`,
      );
    },
  );

  test.each(['2024-02-29', '2026-01-01', '2026-12-31'])('%s is one', (text) => {
    expect(makeInvoice(invoiceRequest({ issued: parseDate(text) })).issued).toEqual(day(text));
  });
});
