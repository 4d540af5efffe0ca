import { describe, expect, test } from 'vitest';
import { currencyOf, type Price, priceFor, problemsOf } from '../src/index.ts';
import { eur, METER, usd } from './example-business.ts';

describe('a flat price', () => {
  const price: Price = { kind: 'flat', amount: eur('49') };

  test.each([
    [0, '0'],
    [1, '49'],
    [7, '49'],
  ])('for %d is %s', (quantity, expected) => {
    expect(priceFor(price, quantity)).toEqual(eur(expected));
  });
});

describe('a price per unit', () => {
  test.each([
    [0, '0'],
    [1, '12.50'],
    [12, '150'],
  ])('for %d is %s', (quantity, expected) => {
    expect(priceFor({ kind: 'per-unit', unit: eur('12.50') }, quantity)).toEqual(eur(expected));
  });

  test.each([
    [4, '0'],
    [5, '0'],
    [6, '2'],
    [9, '8'],
  ])('with five included, for %d is %s', (quantity, expected) => {
    expect(priceFor({ kind: 'per-unit', unit: eur('2'), included: 5 }, quantity)).toEqual(eur(expected));
  });

  test.each([
    [0, '20'],
    [9, '20'],
    [10, '20'],
    [11, '22'],
    [39, '78'],
    [40, '80'],
    [41, '80'],
  ])('from 20 to 80, for %d is %s', (quantity, expected) => {
    const price: Price = { kind: 'per-unit', unit: eur('2'), minimum: eur('20'), maximum: eur('80') };
    expect(priceFor(price, quantity)).toEqual(eur(expected));
  });
});

describe('a graduated price', () => {
  test.each([
    [0, '0'],
    [1, '0.10'],
    [100, '10'],
    [101, '10.08'],
    [1_000, '82'],
    [1_001, '102.05'],
    [2_000, '152'],
  ])('for %d is %s', (quantity, expected) => {
    expect(priceFor({ kind: 'graduated', tiers: METER }, quantity)).toEqual(eur(expected));
  });
});

describe('a volume price', () => {
  test.each([
    [0, '0'],
    [1, '0.10'],
    [100, '10'],
    [101, '8.08'],
    [1_000, '80'],
    [1_001, '70.05'],
    [2_000, '120'],
  ])('for %d is %s', (quantity, expected) => {
    expect(priceFor({ kind: 'volume', tiers: METER }, quantity)).toEqual(eur(expected));
  });

  test('charges nothing for nothing, even where the first tier has an entry', () => {
    const price: Price = { kind: 'volume', tiers: [{ unit: eur('1'), entry: eur('5') }] };
    expect(priceFor(price, 0)).toEqual(eur('0'));
    expect(priceFor(price, 1)).toEqual(eur('6'));
  });
});

describe('a price by the package', () => {
  test.each([
    [0, '0'],
    [1, '15'],
    [25, '15'],
    [26, '30'],
    [50, '30'],
    [51, '45'],
  ])('for %d is %s', (quantity, expected) => {
    expect(priceFor({ kind: 'package', size: 25, amount: eur('15') }, quantity)).toEqual(eur(expected));
  });
});

describe('what cannot be priced', () => {
  test.each([-1, 0.5, Number.NaN])('%d is no quantity', (quantity) => {
    expect(() => priceFor({ kind: 'flat', amount: eur('1') }, quantity)).toThrow(
      `${quantity} is no quantity`,
    );
  });

  const bad: [string, Price][] = [
    ['an amount is negative', { kind: 'flat', amount: eur('-1') }],
    ['an amount is negative', { kind: 'per-unit', unit: eur('1'), maximum: eur('-2') }],
    ['a package holds at least one unit', { kind: 'package', size: 0, amount: eur('1') }],
    ['it mixes currencies', { kind: 'per-unit', unit: eur('1'), minimum: usd('1') }],
    ['it mixes currencies', { kind: 'volume', tiers: [{ unit: eur('1'), entry: usd('1') }] }],
    [
      'its minimum is above its maximum',
      { kind: 'per-unit', unit: eur('1'), minimum: eur('9'), maximum: eur('8') },
    ],
    ['the last tier must have no limit', { kind: 'graduated', tiers: [{ upTo: 5, unit: eur('1') }] }],
    [
      'only the last tier may have no limit',
      { kind: 'graduated', tiers: [{ unit: eur('1') }, { unit: eur('1') }] },
    ],
    [
      'the limits of its tiers must grow',
      {
        kind: 'volume',
        tiers: [{ upTo: 5, unit: eur('1') }, { upTo: 5, unit: eur('1') }, { unit: eur('1') }],
      },
    ],
    [
      'the limits of its tiers must grow',
      { kind: 'graduated', tiers: [{ upTo: 0, unit: eur('1') }, { unit: eur('1') }] },
    ],
  ];
  test.each(bad.map(([problem, price], index) => [index, problem, price] as const))(
    'bad price %d: %s',
    (_, problem, price) => {
      expect(problemsOf(price)).toEqual([problem]);
      expect(() => priceFor(price, 1)).toThrow(`the price cannot be used: ${problem}`);
    },
  );

  test('a good price has no problems', () => {
    expect(problemsOf({ kind: 'graduated', tiers: METER })).toEqual([]);
    expect(problemsOf({ kind: 'volume', tiers: [{ upTo: 1, unit: eur('1') }, { unit: eur('0') }] })).toEqual(
      [],
    );
    expect(problemsOf({ kind: 'package', size: 1, amount: eur('0') })).toEqual([]);
    expect(problemsOf({ kind: 'per-unit', unit: eur('1'), minimum: eur('8'), maximum: eur('8') })).toEqual(
      [],
    );
  });

  test('problems add up', () => {
    expect(problemsOf({ kind: 'package', size: 0, amount: eur('-1') })).toEqual([
      'an amount is negative',
      'a package holds at least one unit',
    ]);
    expect(problemsOf({ kind: 'per-unit', unit: usd('1'), minimum: eur('9'), maximum: eur('8') })).toEqual([
      'it mixes currencies',
      'its minimum is above its maximum',
    ]);
    const tiers: Price = { kind: 'volume', tiers: [{ unit: eur('1') }, { upTo: 5, unit: eur('1') }] };
    expect(problemsOf(tiers)).toEqual([
      'the last tier must have no limit',
      'only the last tier may have no limit',
    ]);
    const price: Price = { kind: 'graduated', tiers: [{ upTo: 9, unit: eur('-1'), entry: usd('2') }] };
    expect(problemsOf(price)).toEqual([
      'it mixes currencies',
      'an amount is negative',
      'the last tier must have no limit',
    ]);
  });
});

test.each([
  ['flat', { kind: 'flat', amount: usd('1') }],
  ['per unit', { kind: 'per-unit', unit: usd('1') }],
  ['package', { kind: 'package', size: 2, amount: usd('1') }],
  ['graduated', { kind: 'graduated', tiers: [{ unit: usd('1') }] }],
  ['volume', { kind: 'volume', tiers: [{ unit: usd('1') }] }],
] satisfies [string, Price][])('the currency of a %s price', (_, price) => {
  expect(currencyOf(price)).toBe('USD');
});
