import { describe, expect, test } from 'vitest';
import {
  type Currency,
  formatMoney,
  type Item,
  type Money,
  makeInvoice,
  parseMoney,
} from '../../src/index.ts';
import { invoiceRequest, NEIGHBOUR, span } from '../example-business.ts';

const invoiceIn = (currency: Currency, price: string, balance = '0') => {
  const amount = (text: string): Money => parseMoney(text, currency);
  const items: Item[] = [
    {
      description: 'Plan',
      category: 'software',
      price: { kind: 'flat', amount: amount(price) },
      quantity: 1,
      active: span('2026-01-22', '2026-02-01'),
    },
  ];
  return makeInvoice(invoiceRequest({ buyer: NEIGHBOUR, currency, items, balance: amount(balance) }));
};

describe('ten days of January', () => {
  test.each([
    ['EUR', '1000', '€322.58', '€61.29', '€383.87'],
    ['USD', '99.99', '$32.25', '$6.13', '$38.38'],
    ['GBP', '31', '£10.00', '£1.90', '£11.90'],
    ['JPY', '15500', '¥5,000', '¥950', '¥5,950'],
    ['JPY', '100', '¥32', '¥6', '¥38'],
    ['KWD', '12.345', 'KWD 3.982', 'KWD 0.757', 'KWD 4.739'],
  ] as const)('of %s %s a month', (currency, price, net, tax, total) => {
    const invoice = invoiceIn(currency, price);
    expect([invoice.net, invoice.tax, invoice.total].map(formatMoney)).toEqual([net, tax, total]);
  });
});

test('a balance in yen pays yen', () => {
  expect(invoiceIn('JPY', '15500', '6000')).toMatchObject({
    status: 'settled',
    payable: { minor: 0, currency: 'JPY' },
    balance: { minor: 50, currency: 'JPY' },
  });
});

test('an item in another currency is refused', () => {
  const items: Item[] = [
    {
      description: 'Plan',
      category: 'software',
      price: { kind: 'flat', amount: parseMoney('5', 'USD') },
      quantity: 1,
    },
  ];
  expect(() => makeInvoice(invoiceRequest({ items }))).toThrow('does not mix with EUR');
});

test('a balance in another currency is refused', () => {
  expect(() => makeInvoice(invoiceRequest({ balance: parseMoney('5', 'USD') }))).toThrow('does not mix with');
});
