import { describe, expect, test } from 'vitest';
import {
  billingPeriod,
  billingPeriodOf,
  type Cycle,
  contains,
  formatDate,
  intersect,
  lengthInDays,
  type Period,
  period,
  splitAt,
} from '../src/index.ts';
import { day, JANUARY, span } from './example-business.ts';

const text = ({ start, end }: Period) => `${formatDate(start)}/${formatDate(end)}`;

describe('a period', () => {
  test('has at least one day', () => {
    expect(text(period(day('2026-01-01'), day('2026-01-02')))).toBe('2026-01-01/2026-01-02');
    expect(() => period(day('2026-01-02'), day('2026-01-02'))).toThrow(
      'a period from 2026-01-02 cannot end on 2026-01-02',
    );
    expect(() => period(day('2026-01-02'), day('2026-01-01'))).toThrow(RangeError);
  });

  test('is as long as its days', () => {
    expect(lengthInDays(JANUARY)).toBe(31);
    expect(lengthInDays(span('2026-01-01', '2026-01-02'))).toBe(1);
  });

  test.each([
    ['2025-12-31', false],
    ['2026-01-01', true],
    ['2026-01-31', true],
    ['2026-02-01', false],
  ])('January contains %s: %s', (date, expected) => {
    expect(contains(JANUARY, day(date))).toBe(expected);
  });
});

describe('intersect', () => {
  test.each([
    ['2026-01-10', '2026-01-20', '2026-01-10/2026-01-20'],
    ['2025-12-10', '2026-01-20', '2026-01-01/2026-01-20'],
    ['2026-01-10', '2026-03-01', '2026-01-10/2026-02-01'],
    ['2025-01-01', '2027-01-01', '2026-01-01/2026-02-01'],
    ['2026-01-31', '2026-02-10', '2026-01-31/2026-02-01'],
  ])('January and %s to %s', (start, end, expected) => {
    const shared = intersect(JANUARY, span(start, end));
    expect(shared && text(shared)).toBe(expected);
    const turned = intersect(span(start, end), JANUARY);
    expect(turned && text(turned)).toBe(expected);
  });

  test.each([
    ['2026-02-01', '2026-02-10'],
    ['2025-12-01', '2026-01-01'],
    ['2024-01-01', '2024-02-01'],
  ])('January shares no day with %s to %s', (start, end) => {
    expect(intersect(JANUARY, span(start, end))).toBeUndefined();
  });
});

describe('splitAt', () => {
  test('cuts in the order of time, whatever the order of the dates', () => {
    expect(splitAt(JANUARY, [day('2026-01-20'), day('2026-01-05')]).map(text)).toEqual([
      '2026-01-01/2026-01-05',
      '2026-01-05/2026-01-20',
      '2026-01-20/2026-02-01',
    ]);
  });

  test('leaves a period whole at dates that are not inside', () => {
    const outside = ['2025-12-31', '2026-01-01', '2026-02-01', '2026-02-02'].map(day);
    expect(splitAt(JANUARY, outside).map(text)).toEqual(['2026-01-01/2026-02-01']);
    expect(splitAt(JANUARY, []).map(text)).toEqual(['2026-01-01/2026-02-01']);
  });

  test('cuts once at a date that is given twice', () => {
    const twice = ['2026-01-05', '2026-01-09', '2026-01-05'].map(day);
    expect(splitAt(JANUARY, twice).map(text)).toEqual([
      '2026-01-01/2026-01-05',
      '2026-01-05/2026-01-09',
      '2026-01-09/2026-02-01',
    ]);
  });
});

describe('billing periods', () => {
  const monthly: Cycle = { unit: 'month', count: 1 };

  test.each([
    [{ unit: 'month', count: 1 }, 0, '2026-01-31/2026-02-28'],
    [{ unit: 'month', count: 1 }, 1, '2026-02-28/2026-03-31'],
    [{ unit: 'month', count: 1 }, 2, '2026-03-31/2026-04-30'],
    [{ unit: 'month', count: 3 }, 1, '2026-04-30/2026-07-31'],
    [{ unit: 'week', count: 1 }, 0, '2026-01-31/2026-02-07'],
    [{ unit: 'week', count: 2 }, 3, '2026-03-14/2026-03-28'],
    [{ unit: 'year', count: 1 }, 2, '2028-01-31/2029-01-31'],
    [{ unit: 'year', count: 2 }, 1, '2028-01-31/2030-01-31'],
  ] satisfies [Cycle, number, string][])('%j of January 31st, number %d', (cycle, number, expected) => {
    expect(text(billingPeriod(day('2026-01-31'), cycle, number))).toBe(expected);
  });

  test.each([
    [{ unit: 'month', count: 1 }, '2026-02-27', '2026-01-31/2026-02-28'],
    [{ unit: 'month', count: 1 }, '2026-02-28', '2026-02-28/2026-03-31'],
    [{ unit: 'month', count: 3 }, '2026-04-29', '2026-01-31/2026-04-30'],
    [{ unit: 'month', count: 3 }, '2026-10-30', '2026-07-31/2026-10-31'],
    [{ unit: 'week', count: 1 }, '2026-02-06', '2026-01-31/2026-02-07'],
    [{ unit: 'week', count: 2 }, '2026-02-14', '2026-02-14/2026-02-28'],
    [{ unit: 'year', count: 1 }, '2027-01-30', '2026-01-31/2027-01-31'],
    [{ unit: 'year', count: 1 }, '2027-01-31', '2027-01-31/2028-01-31'],
    [{ unit: 'year', count: 2 }, '2027-12-01', '2026-01-31/2028-01-31'],
  ] satisfies [Cycle, string, string][])('%j of January 31st on %s', (cycle, date, expected) => {
    const found = billingPeriodOf(day('2026-01-31'), cycle, day(date));
    expect(found && text(found)).toBe(expected);
  });

  test('there is none before the subscription began', () => {
    expect(billingPeriodOf(day('2026-01-31'), monthly, day('2026-01-30'))).toBeUndefined();
    expect(billingPeriodOf(day('2026-01-31'), monthly, day('2026-01-31'))).toBeDefined();
  });

  test('the end of each is the start of the next', () => {
    for (let number = 0; number < 24; number++) {
      const { end } = billingPeriod(day('2024-02-29'), monthly, number);
      expect(billingPeriod(day('2024-02-29'), monthly, number + 1).start).toEqual(end);
    }
  });

  test.each([0, -1, 1.5])('cannot bill every %d months', (count) => {
    expect(() => billingPeriod(day('2026-01-31'), { unit: 'month', count }, 0)).toThrow(
      `cannot bill every ${count} months`,
    );
  });
});
