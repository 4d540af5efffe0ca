import { describe, expect, test } from 'vitest';
import { formatMoney, type Item, makeInvoice, type Price, renderInvoice } from '../../src/index.ts';
import { eur, invoiceRequest, METER, span } from '../example-business.ts';

const usage = (price: Price, quantity: number): Item => ({
  description: 'API calls',
  category: 'software',
  price,
  quantity,
  metered: true,
  active: span('2026-01-15', '2027-01-15'),
});

const PLATFORM: Item = {
  description: 'Platform fee',
  category: 'software',
  price: { kind: 'flat', amount: eur('62') },
  quantity: 1,
  active: span('2026-01-15', '2027-01-15'),
};

describe('a platform fee and metered calls', () => {
  test.each([
    [0, '€40.46'],
    [99, '€52.24'],
    [100, '€52.36'],
    [101, '€52.46'],
    [1_000, '€138.04'],
    [1_001, '€161.90'],
  ])('%d calls, each tier at its own price', (quantity, total) => {
    const items = [PLATFORM, usage({ kind: 'graduated', tiers: METER }, quantity)];
    expect(formatMoney(makeInvoice(invoiceRequest({ items })).total)).toBe(total);
  });

  test.each([
    [0, '€40.46'],
    [100, '€52.36'],
    [101, '€50.08'],
    [1_000, '€135.66'],
    [1_001, '€123.82'],
  ])('%d calls, all at the price of the last', (quantity, total) => {
    const items = [PLATFORM, usage({ kind: 'volume', tiers: METER }, quantity)];
    expect(formatMoney(makeInvoice(invoiceRequest({ items })).total)).toBe(total);
  });

  test('the fee is for the days since the start, the calls are for all that were made', () => {
    const items = [PLATFORM, usage({ kind: 'package', size: 1_000, amount: eur('7.50') }, 12_001)];
    const invoice = makeInvoice(invoiceRequest({ items }));
    expect(renderInvoice(invoice)).toMatchSnapshot();
    expect(invoice.net).toEqual(eur('131.50'));
  });
});

describe('a volume discount on calls', () => {
  const discount = {
    code: 'VOLUME',
    off: { kind: 'percent', points: 1_500 },
    minimum: eur('100'),
    cap: eur('30'),
  } as const;
  const price: Price = { kind: 'per-unit', unit: eur('0.02'), included: 1_000, minimum: eur('5') };

  test.each([
    [0, '€5.00', '€0.00'],
    [1_250, '€5.00', '€0.00'],
    [5_999, '€99.98', '€0.00'],
    [6_000, '€85.00', '€15.00'],
    [11_000, '€170.00', '€30.00'],
    [16_000, '€270.00', '€30.00'],
  ])('%d calls', (quantity, net, saved) => {
    const invoice = makeInvoice(invoiceRequest({ items: [usage(price, quantity)], discounts: [discount] }));
    expect(formatMoney(invoice.net)).toBe(net);
    const [applied] = invoice.discounts.applied;
    expect(formatMoney(applied?.amount ?? eur('0'))).toBe(saved);
  });

  test('competes with an offer that stands alone', () => {
    const offer = { code: 'OFFER', off: { kind: 'amount', amount: eur('20') }, exclusive: true } as const;
    const codes = [7_000, 7_633, 7_666, 9_000].map((quantity) => {
      const items = [usage(price, quantity)];
      const { discounts } = makeInvoice(invoiceRequest({ items, discounts: [offer, discount] }));
      return discounts.applied.map(({ code }) => code).join();
    });
    expect(codes).toEqual(['OFFER', 'OFFER', 'VOLUME', 'VOLUME']);
  });
});
