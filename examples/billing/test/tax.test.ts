import { describe, expect, test } from 'vitest';
import {
  type Category,
  type Party,
  rateFor,
  type TaxArea,
  type TaxedGroup,
  type Treatment,
  taxLines,
  taxOn,
  treatmentOf,
} from '../src/index.ts';
import {
  AMERICAN,
  AREA,
  day,
  eur,
  FRENCH_COMPANY,
  FRENCH_PERSON,
  NEIGHBOUR,
  SCHOOL,
  SELLER,
  span,
} from './example-business.ts';

const ON = day('2026-02-02');
const at = (points: number): Treatment => ({ kind: 'charged', points });

describe('treatmentOf', () => {
  test.each([
    ['a neighbour', NEIGHBOUR, 'software', at(1_900)],
    ['a neighbour, training', NEIGHBOUR, 'training', at(700)],
    ['a registered neighbour', { ...NEIGHBOUR, taxId: 'DE1' }, 'software', at(1_900)],
    ['a person abroad', FRENCH_PERSON, 'software', at(2_000)],
    ['a person abroad, training', FRENCH_PERSON, 'training', at(550)],
    ['a company abroad', FRENCH_COMPANY, 'software', { kind: 'reverse-charge' }],
    ['somebody outside', AMERICAN, 'software', { kind: 'export' }],
    ['a company outside', { ...AMERICAN, taxId: 'US1' }, 'support', { kind: 'export' }],
    ['a school', SCHOOL, 'software', { kind: 'exempt' }],
    ['a school outside', { ...SCHOOL, region: 'US' }, 'software', { kind: 'exempt' }],
    ['one that is not exempt', { ...SCHOOL, exempt: false }, 'hardware', at(1_900)],
  ] satisfies [string, Party, Category, Treatment][])('%s', (_, buyer, category, expected) => {
    expect(treatmentOf(AREA, SELLER, buyer, category, ON)).toEqual(expected);
  });
});

describe('rateFor', () => {
  test.each([
    ['2020-06-30', 1_900],
    ['2020-07-01', 1_600],
    ['2020-12-31', 1_600],
    ['2021-01-01', 1_900],
  ])('in Germany on %s: %d', (date, expected) => {
    expect(rateFor(AREA, 'DE', 'software', day(date))).toBe(expected);
  });

  test('a rate of the category comes before a later one of all', () => {
    expect(rateFor(AREA, 'DE', 'training', day('2020-10-01'))).toBe(700);
  });

  const successive: TaxArea = {
    regions: ['LU'],
    rates: [
      { region: 'LU', points: 1_600, valid: span('2023-01-01', '2025-01-01') },
      { region: 'LU', points: 1_700, valid: span('2024-01-01', '2026-01-01') },
      { region: 'LU', points: 1_500 },
    ],
  };

  test.each([
    ['2022-12-31', 1_500],
    ['2023-06-01', 1_600],
    ['2024-06-01', 1_700],
    ['2025-06-01', 1_700],
    ['2026-01-01', 1_500],
  ])('of those that are valid on %s the latest counts: %d', (date, expected) => {
    expect(rateFor(successive, 'LU', 'software', day(date))).toBe(expected);
    const turned = { ...successive, rates: successive.rates.toReversed() };
    expect(rateFor(turned, 'LU', 'software', day(date))).toBe(expected);
  });

  test('a region without rates is an error', () => {
    expect(() => rateFor(AREA, 'IT', 'support', ON)).toThrow('no tax rate for support in IT');
    expect(() => rateFor({ regions: ['IT'], rates: [] }, 'IT', 'support', ON)).toThrow(RangeError);
  });
});

describe('taxOn', () => {
  test.each([
    ['100', 'net', at(1_900), '100', '19'],
    ['119', 'gross', at(1_900), '100', '19'],
    ['0.99', 'net', at(700), '0.99', '0.07'],
    ['9.99', 'gross', at(2_000), '8.32', '1.67'],
    ['-50', 'net', at(2_000), '-50', '-10'],
    ['-60', 'gross', at(2_000), '-50', '-10'],
    ['80', 'net', { kind: 'export' }, '80', '0'],
    ['80', 'gross', { kind: 'reverse-charge' }, '80', '0'],
    ['80', 'gross', { kind: 'exempt' }, '80', '0'],
  ] satisfies [string, 'net' | 'gross', Treatment, string, string][])(
    '%s %s, %j',
    (amount, kind, treatment, net, tax) => {
      expect(taxOn(eur(amount), treatment, kind)).toEqual({ net: eur(net), tax: eur(tax) });
    },
  );
});

describe('taxLines', () => {
  const group = (treatment: Treatment, net: string, tax: string): TaxedGroup => ({
    treatment,
    net: eur(net),
    tax: eur(tax),
  });
  const lines = (...parts: [string, Treatment][]) =>
    parts.map(([amount, treatment]) => ({ amount: eur(amount), treatment }));
  const net = { currency: 'EUR', amounts: 'net', round: 'line' } as const;

  test('nothing has no groups', () => {
    expect(taxLines([], net)).toEqual([]);
  });

  test('gathers what is treated alike, the highest rate first', () => {
    const mixed = lines(
      ['10', { kind: 'exempt' }],
      ['20', at(700)],
      ['30', at(1_900)],
      ['40', at(700)],
      ['50', { kind: 'exempt' }],
      ['60', at(0)],
    );
    expect(taxLines(mixed, net)).toEqual([
      group(at(1_900), '30', '5.70'),
      group(at(700), '60', '4.20'),
      group(at(0), '60', '0'),
      group({ kind: 'exempt' }, '60', '0'),
    ]);
  });

  const small = lines(['0.13', at(2_000)], ['0.13', at(2_000)], ['0.13', at(2_000)]);

  test('rounds each line', () => {
    expect(taxLines(small, net)).toEqual([group(at(2_000), '0.39', '0.09')]);
  });

  test('rounds what all lines come to', () => {
    expect(taxLines(small, { ...net, round: 'invoice' })).toEqual([group(at(2_000), '0.39', '0.08')]);
  });

  test('takes the tax out of gross lines', () => {
    expect(taxLines(small, { ...net, amounts: 'gross' })).toEqual([group(at(2_000), '0.33', '0.06')]);
    expect(taxLines(small, { ...net, amounts: 'gross', round: 'invoice' })).toEqual([
      group(at(2_000), '0.32', '0.07'),
    ]);
  });

  test('lets credits lower the tax', () => {
    expect(taxLines(lines(['100', at(1_900)], ['-40', at(1_900)]), net)).toEqual([
      group(at(1_900), '60', '11.40'),
    ]);
  });

  test('rates that differ stay apart', () => {
    expect(taxLines(lines(['1', at(1_900)], ['1', at(1_600)]), net)).toHaveLength(2);
    expect(taxLines(lines(['1', { kind: 'export' }], ['1', { kind: 'exempt' }]), net)).toHaveLength(2);
  });
});
