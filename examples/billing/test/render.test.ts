import { describe, expect, test } from 'vitest';
import { formatPoints, makeInvoice, renderInvoice, shorten } from '../src/index.ts';
import { AMERICAN, eur, FRENCH_COMPANY, invoiceRequest, SCHOOL } from './example-business.ts';

const render = (special: Parameters<typeof invoiceRequest>[0] = {}) =>
  renderInvoice(makeInvoice(invoiceRequest(special)));

test.each([
  [1_900, '19 %'],
  [550, '5.5 %'],
  [0, '0 %'],
  [825, '8.25 %'],
])('%d basis points are %s', (points, expected) => {
  expect(formatPoints(points)).toBe(expected);
});

test.each([
  ['short', 5, 'short'],
  ['longer', 5, 'long…'],
  ['', 3, ''],
])("'%s' in %d characters", (text, length, expected) => {
  expect(shorten(text, length)).toBe(expected);
});

describe('an invoice as text', () => {
  test('that is due', () => {
    expect(render()).toMatchSnapshot();
  });

  test('with discounts, applied and not', () => {
    const discounts = [
      { code: 'TEN', off: { kind: 'percent', points: 1_000 } },
      { code: 'HUGE', off: { kind: 'amount', amount: eur('500') }, minimum: eur('1000') },
    ] as const;
    expect(render({ discounts })).toMatchSnapshot();
  });

  test('that the balance pays in part', () => {
    expect(render({ balance: eur('18.50') })).toMatchSnapshot();
  });

  test('that the balance pays in full', () => {
    expect(render({ balance: eur('500') })).toMatchSnapshot();
  });

  test('that collects what was carried over', () => {
    expect(render({ balance: eur('-3.20') })).toMatchSnapshot();
  });

  test('that is too small to collect', () => {
    expect(render({ smallest: eur('1000') })).toMatchSnapshot();
  });

  test('that is a credit note', () => {
    const adjustments = [
      { description: 'Refund of the annual plan', category: 'software', amount: eur('-1234.50') },
    ] as const;
    expect(render({ adjustments })).toMatchSnapshot();
  });

  test.each([
    ['reverse charge', FRENCH_COMPANY],
    ['export', AMERICAN],
    ['exempt', SCHOOL],
  ])('without tax: %s', (_, buyer) => {
    expect(render({ buyer })).toMatchSnapshot();
  });

  test('has rows of one width, however long a description', () => {
    const adjustments = [{ description: 'x'.repeat(100), category: 'support', amount: eur('1') }] as const;
    const row = render({ adjustments })
      .split('\n')
      .find((line) => line.startsWith('x'));
    expect(row).toBe(`${'x'.repeat(57)}… €1.00`);
  });
});
