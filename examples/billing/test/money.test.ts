import { describe, expect, test } from 'vitest';
import {
  add,
  allocate,
  compareMoney,
  divide,
  formatMoney,
  larger,
  money,
  negate,
  parseMoney,
  percentOf,
  percentWithin,
  type Rounding,
  scale,
  smaller,
  subtract,
  sum,
  zero,
} from '../src/index.ts';
import { eur, usd } from './example-business.ts';

describe('money', () => {
  test('is a whole number of minor units', () => {
    expect(money(1250, 'EUR')).toEqual({ minor: 1250, currency: 'EUR' });
  });

  test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('cannot be %d', (minor) => {
    expect(() => money(minor, 'EUR')).toThrow(`${minor} is no whole number of minor units`);
  });

  test('has one zero', () => {
    expect(Object.is(money(-0, 'EUR').minor, 0)).toBe(true);
    expect(negate(zero('EUR'))).toEqual(zero('EUR'));
  });

  test('adds, subtracts and changes its sign', () => {
    expect(add(eur('1.10'), eur('2.25'))).toEqual(eur('3.35'));
    expect(subtract(eur('1.10'), eur('2.25'))).toEqual(eur('-1.15'));
    expect(negate(eur('4.20'))).toEqual(eur('-4.20'));
  });

  test('sums nothing to zero, and more to what it is', () => {
    expect(sum([], 'JPY')).toEqual({ minor: 0, currency: 'JPY' });
    expect(sum([eur('1'), eur('-3'), eur('0.50')], 'EUR')).toEqual(eur('-1.50'));
  });

  test('compares as a comparator does', () => {
    expect(compareMoney(eur('1'), eur('2'))).toBe(-100);
    expect(compareMoney(eur('2'), eur('1'))).toBe(100);
    expect(compareMoney(eur('2'), eur('2'))).toBe(0);
  });

  test('chooses the smaller and the larger', () => {
    expect(smaller(eur('1'), eur('2'))).toEqual(eur('1'));
    expect(smaller(eur('2'), eur('-2'))).toEqual(eur('-2'));
    expect(larger(eur('1'), eur('2'))).toEqual(eur('2'));
    expect(larger(eur('2'), eur('-2'))).toEqual(eur('2'));
  });

  test.each([
    ['add', add],
    ['subtract', subtract],
    ['compareMoney', compareMoney],
    ['smaller', smaller],
    ['larger', larger],
  ])('%s refuses two currencies', (_, operation) => {
    expect(() => operation(eur('1'), usd('1'))).toThrow('USD does not mix with EUR');
  });

  test('a sum refuses a foreign amount', () => {
    expect(() => sum([eur('1')], 'USD')).toThrow('EUR does not mix with USD');
  });
});

describe('divide', () => {
  const cases: [number, number, Record<Rounding, number>][] = [
    [10, 5, { down: 2, up: 2, 'half-up': 2, 'half-even': 2 }],
    [9, 4, { down: 2, up: 3, 'half-up': 2, 'half-even': 2 }],
    [10, 4, { down: 2, up: 3, 'half-up': 3, 'half-even': 2 }],
    [11, 4, { down: 2, up: 3, 'half-up': 3, 'half-even': 3 }],
    [14, 4, { down: 3, up: 4, 'half-up': 4, 'half-even': 4 }],
    [1, 2, { down: 0, up: 1, 'half-up': 1, 'half-even': 0 }],
    [-10, 4, { down: -2, up: -3, 'half-up': -3, 'half-even': -2 }],
    [-14, 4, { down: -3, up: -4, 'half-up': -4, 'half-even': -4 }],
    [9, -4, { down: -2, up: -3, 'half-up': -2, 'half-even': -2 }],
    [-11, -4, { down: 2, up: 3, 'half-up': 3, 'half-even': 3 }],
    [1, 3, { down: 0, up: 1, 'half-up': 0, 'half-even': 0 }],
    [2, 3, { down: 0, up: 1, 'half-up': 1, 'half-even': 1 }],
  ];
  for (const [numerator, denominator, expected] of cases) {
    test.each(Object.entries(expected))(
      `${numerator} / ${denominator} rounded %s is %d`,
      (rounding, result) => {
        expect(divide(numerator, denominator, rounding as Rounding)).toBe(result);
      },
    );
  }

  test('is exact where floating point is not', () => {
    expect(divide(9_007_199_254_740_991, 2, 'down')).toBe(4_503_599_627_370_495);
    expect(divide(9_007_199_254_740_991, 9_007_199_254_740_990, 'up')).toBe(2);
  });

  test('refuses what it cannot divide', () => {
    expect(() => divide(1, 0, 'up')).toThrow('cannot divide by 0');
    expect(() => divide(1, 0.5, 'up')).toThrow('cannot divide by 0.5');
    expect(() => divide(2 ** 53, 2, 'up')).toThrow('9007199254740992 is too large to divide exactly');
  });
});

describe('shares of an amount', () => {
  test('scale multiplies before it divides', () => {
    expect(scale(eur('10'), 1, 3)).toEqual(eur('3.33'));
    expect(scale(eur('10'), 2, 3)).toEqual(eur('6.67'));
    expect(scale(eur('10'), 2, 3, 'down')).toEqual(eur('6.66'));
  });

  test('half a cent rounds away from zero unless another rounding is asked for', () => {
    expect(scale(eur('0.05'), 1, 2)).toEqual(eur('0.03'));
    expect(scale(eur('-0.05'), 1, 2)).toEqual(eur('-0.03'));
    expect(percentOf(eur('0.50'), 500)).toEqual(eur('0.03'));
    expect(percentOf(eur('0.50'), 500, 'half-even')).toEqual(eur('0.02'));
  });

  test.each([
    ['100', 1_900, '19'],
    ['99.99', 1_900, '19'],
    ['100', 810, '8.10'],
    ['0.01', 10_000, '0.01'],
    ['-80', 2_500, '-20'],
  ])('of %s, %d basis points are %s', (amount, points, expected) => {
    expect(percentOf(eur(amount), points)).toEqual(eur(expected));
  });

  test.each([
    ['119', 1_900, '19'],
    ['100', 1_900, '15.97'],
    ['107', 700, '7'],
    ['-120', 2_000, '-20'],
    ['5', 0, '0'],
  ])('within %s, %d basis points are %s', (gross, points, expected) => {
    expect(percentWithin(eur(gross), points)).toEqual(eur(expected));
  });

  test('the tax within an amount can be rounded otherwise', () => {
    expect(percentWithin(eur('100'), 1_900, 'down')).toEqual(eur('15.96'));
  });
});

describe('allocate', () => {
  test.each([
    ['10', [1, 1], ['5', '5']],
    ['10', [1, 1, 1], ['3.34', '3.33', '3.33']],
    ['0.02', [1, 1, 1], ['0.01', '0.01', '0']],
    ['10', [1, 2, 3], ['1.67', '3.33', '5']],
    ['1', [0, 3, 3], ['0', '0.50', '0.50']],
    ['0.05', [3, 7], ['0.02', '0.03']],
    ['0.10', [1, 5, 1], ['0.02', '0.07', '0.01']],
    ['-10', [1, 1, 1], ['-3.34', '-3.33', '-3.33']],
    ['0', [1, 2], ['0', '0']],
  ])('%s by %j', (total, weights, parts) => {
    expect(allocate(eur(total), weights)).toEqual(parts.map(eur));
  });

  test('gives what is left over to the largest remainder', () => {
    expect(allocate(eur('0.10'), [26, 35, 39])).toEqual(['0.03', '0.03', '0.04'].map(eur));
  });

  test('loses nothing', () => {
    for (let cents = -50; cents <= 50; cents++) {
      const total = money(cents, 'EUR');
      expect(sum(allocate(total, [2, 3, 5, 7, 11]), 'EUR')).toEqual(total);
    }
  });

  test.each([[[]], [[0, 0]], [[2, -1]]])('refuses the weights %j', (weights) => {
    expect(() => allocate(eur('1'), weights)).toThrow(
      'weights must not be negative, and one must be positive',
    );
  });
});

describe('amounts as text', () => {
  test.each([
    ['12.34', 'EUR', 1234],
    ['12.3', 'EUR', 1230],
    ['12', 'EUR', 1200],
    ['0.05', 'USD', 5],
    ['-7.50', 'GBP', -750],
    ['1500', 'JPY', 1500],
    ['1.234', 'KWD', 1234],
    ['1.2', 'KWD', 1200],
  ] as const)('reads %s %s', (text, currency, minor) => {
    expect(parseMoney(text, currency)).toEqual({ minor, currency });
  });

  test.each([
    ['1.234', 'EUR'],
    ['1.5', 'JPY'],
    ['1,000', 'EUR'],
    ['+1', 'EUR'],
    ['.5', 'EUR'],
    ['5.', 'EUR'],
    ['', 'EUR'],
    ['--1', 'EUR'],
    ['1 ', 'EUR'],
  ] as const)("does not read '%s' as %s", (text, currency) => {
    expect(() => parseMoney(text, currency)).toThrow(`'${text}' is no amount in ${currency}`);
  });

  test.each([
    [123450, 'EUR', '€1,234.50'],
    [5, 'EUR', '€0.05'],
    [0, 'USD', '$0.00'],
    [-1200, 'GBP', '-£12.00'],
    [1234567, 'JPY', '¥1,234,567'],
    [999, 'JPY', '¥999'],
    [1500, 'KWD', 'KWD 1.500'],
    [100000000, 'USD', '$1,000,000.00'],
  ] as const)('writes %d %s as %s', (minor, currency, text) => {
    expect(formatMoney(money(minor, currency))).toBe(text);
  });
});
