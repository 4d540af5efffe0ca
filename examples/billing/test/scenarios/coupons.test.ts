import { describe, expect, test } from 'vitest';
import {
  type Discount,
  formatMoney,
  type Invoice,
  type Item,
  makeInvoice,
  renderInvoice,
} from '../../src/index.ts';
import { day, eur, invoiceRequest, span } from '../example-business.ts';

/** Three things at two rates of tax, so that it shows in the tax which of them a discount lowers. */
const ITEMS: Item[] = [
  { description: 'Till', category: 'software', price: { kind: 'flat', amount: eur('19.99') }, quantity: 1 },
  { description: 'Workshop', category: 'training', price: { kind: 'flat', amount: eur('10') }, quantity: 1 },
  { description: 'Hotline', category: 'support', price: { kind: 'flat', amount: eur('5') }, quantity: 1 },
];

const percent = (code: string, points: number, special: Partial<Discount> = {}): Discount => ({
  code,
  off: { kind: 'percent', points },
  ...special,
});
const amount = (code: string, text: string, special: Partial<Discount> = {}): Discount => ({
  code,
  off: { kind: 'amount', amount: eur(text) },
  ...special,
});

const buy = (...discounts: Discount[]): Invoice => makeInvoice(invoiceRequest({ items: ITEMS, discounts }));
const money = ({ net, tax, total }: Invoice) => [net, tax, total].map(formatMoney).join(' ');

describe('what a customer saves with', () => {
  test.each([
    ['nothing', [], '€34.99 €5.45 €40.44'],
    ['ten per cent', [percent('A', 1_000)], '€31.49 €4.91 €36.40'],
    ['five euros', [amount('A', '5')], '€29.99 €4.67 €34.66'],
    ['a cent', [amount('A', '0.01')], '€34.98 €5.45 €40.43'],
    ['two cents', [amount('A', '0.02')], '€34.97 €5.45 €40.42'],
    ['three cents', [amount('A', '0.03')], '€34.96 €5.44 €40.40'],
    ['more than all of it', [amount('A', '50')], '€0.00 €0.00 €0.00'],
    [
      'ten per cent off the workshop',
      [percent('A', 1_000, { categories: ['training'] })],
      '€33.99 €5.38 €39.37',
    ],
    ['half of the hotline', [percent('A', 5_000, { categories: ['support'] })], '€32.49 €4.98 €37.47'],
    ['two per cents', [percent('A', 1_000), percent('B', 2_000)], '€25.19 €3.91 €29.10'],
    ['an amount and a per cent', [amount('A', '5'), percent('B', 2_000)], '€22.99 €3.58 €26.57'],
    ['a per cent and an amount', [percent('B', 2_000), amount('A', '5')], '€22.99 €3.58 €26.57'],
    ['a per cent that is capped', [percent('A', 5_000, { cap: eur('3') })], '€31.99 €4.98 €36.97'],
  ] satisfies [string, Discount[], string][])('%s', (_, discounts, expected) => {
    expect(money(buy(...discounts))).toBe(expected);
  });
});

describe('codes that do not apply', () => {
  test('are listed with their reasons', () => {
    const invoice = buy(
      percent('SUMMER', 1_000, { valid: span('2026-06-01', '2026-09-01') }),
      percent('STAFF', 3_000, { exclusive: true }),
      percent('READERS', 1_000, { categories: ['hardware'] }),
      amount('BULK', '10', { minimum: eur('35') }),
      amount('FRIEND', '2'),
    );
    expect(renderInvoice(invoice)).toMatchSnapshot();
  });

  test('a code works from its first day to the day before its end', () => {
    const discount = percent('WEEK', 1_000, { valid: span('2026-02-02', '2026-02-09') });
    const nets = ['2026-02-01', '2026-02-02', '2026-02-08', '2026-02-09'].map((issued) =>
      formatMoney(makeInvoice(invoiceRequest({ issued: day(issued), discounts: [discount] })).net),
    );
    expect(nets).toEqual(['€100.00', '€90.00', '€90.00', '€100.00']);
  });

  test('the minimum is what the charges of its categories come to', () => {
    const codes = (minimum: string) =>
      buy(percent('A', 1_000, { categories: ['software', 'support'], minimum: eur(minimum) })).discounts
        .applied;
    expect(codes('24.99')).toHaveLength(1);
    expect(codes('25')).toHaveLength(0);
  });
});
