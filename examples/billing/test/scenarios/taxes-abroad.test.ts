import { describe, expect, test } from 'vitest';
import { formatMoney, type Item, makeInvoice, type Party, renderInvoice } from '../../src/index.ts';
import {
  AMERICAN,
  day,
  eur,
  FRENCH_COMPANY,
  FRENCH_PERSON,
  invoiceRequest,
  NEIGHBOUR,
  SCHOOL,
  span,
} from '../example-business.ts';

const BASKET: Item[] = [
  {
    description: 'Planner licence',
    category: 'software',
    price: { kind: 'per-unit', unit: eur('12.49') },
    quantity: 7,
  },
  {
    description: 'Introductory course',
    category: 'training',
    price: { kind: 'package', size: 5, amount: eur('149.95') },
    quantity: 7,
  },
  {
    description: 'Badge reader',
    category: 'hardware',
    price: { kind: 'flat', amount: eur('79.99') },
    quantity: 1,
  },
];

const invoiceFor = (buyer: Party, special: Parameters<typeof invoiceRequest>[0] = {}) =>
  makeInvoice(invoiceRequest({ buyer, items: BASKET, ...special }));

describe('one basket, sold to', () => {
  test.each([
    ['a neighbour', NEIGHBOUR, '€467.32', '€52.80'],
    ['a person in France', FRENCH_PERSON, '€467.32', '€49.98'],
    ['a company in France', FRENCH_COMPANY, '€467.32', '€0.00'],
    ['a company in America', AMERICAN, '€467.32', '€0.00'],
    ['a school', SCHOOL, '€467.32', '€0.00'],
  ])('%s', (_, buyer, net, tax) => {
    const invoice = invoiceFor(buyer);
    expect([formatMoney(invoice.net), formatMoney(invoice.tax)]).toEqual([net, tax]);
    expect(renderInvoice(invoice)).toMatchSnapshot();
  });
});

describe('the same with the tax in the prices', () => {
  test.each([
    ['a neighbour', NEIGHBOUR, '€420.97', '€46.35'],
    ['a person in France', FRENCH_PERSON, '€423.79', '€43.53'],
    ['a company in America', AMERICAN, '€467.32', '€0.00'],
  ])('%s', (_, buyer, net, tax) => {
    const invoice = invoiceFor(buyer, { amounts: 'gross' });
    expect([formatMoney(invoice.net), formatMoney(invoice.tax)]).toEqual([net, tax]);
    expect(formatMoney(invoice.total)).toBe('€467.32');
  });
});

describe('in the months of the lowered rate', () => {
  test.each([
    ['2020-06-30', '€84.82'],
    ['2020-07-01', '€71.43'],
    ['2020-12-31', '€71.43'],
    ['2021-01-01', '€84.82'],
  ])('issued on %s', (issued, tax) => {
    const items = BASKET.filter(({ category }) => category !== 'training').concat({
      description: 'Support hours',
      category: 'support',
      price: { kind: 'per-unit', unit: eur('55.80') },
      quantity: 5,
    });
    const invoice = invoiceFor(NEIGHBOUR, {
      items,
      issued: day(issued),
      period: span('2020-06-01', '2020-07-01'),
    });
    expect(formatMoney(invoice.tax)).toBe(tax);
  });
});

describe('rounding by the line or by the invoice', () => {
  const items: Item[] = [1, 2, 3, 4, 5].map((number) => ({
    description: `Message pack ${number}`,
    category: 'software',
    price: { kind: 'flat', amount: eur('0.13') },
    quantity: 1,
  }));

  test('differs by a cent or two', () => {
    expect(invoiceFor(NEIGHBOUR, { items, round: 'line' }).tax).toEqual(eur('0.10'));
    expect(invoiceFor(NEIGHBOUR, { items, round: 'invoice' }).tax).toEqual(eur('0.12'));
  });

  test('never changes the total of gross prices', () => {
    for (const round of ['line', 'invoice'] as const) {
      expect(invoiceFor(NEIGHBOUR, { items, round, amounts: 'gross' }).total).toEqual(eur('0.65'));
    }
  });
});
