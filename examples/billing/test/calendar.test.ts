import { describe, expect, test } from 'vitest';
import {
  addDays,
  addMonths,
  businessDayFrom,
  compareDates,
  days360Between,
  daysBetween,
  daysInMonth,
  earlier,
  endOfMonth,
  formatDate,
  isBefore,
  isLeapYear,
  later,
  monthsBetween,
  parseDate,
  weekday,
} from '../src/index.ts';
import { day } from './example-business.ts';

describe('dates as text', () => {
  test.each(['2026-01-01', '2026-12-31', '2024-02-29', '1000-10-09', '2999-06-30'])(
    '%s is read and written',
    (text) => {
      expect(formatDate(parseDate(text))).toBe(text);
    },
  );

  test('has its parts', () => {
    expect(parseDate('2026-03-09')).toEqual({ year: 2026, month: 3, day: 9 });
  });

  test.each(['2026-00-10', '2026-13-01', '2026-04-31', '2026-01-00', '2025-02-29', '2026-01-32'])(
    'the calendar has no %s',
    (text) => {
      expect(() => parseDate(text)).toThrow(`the calendar has no ${text}`);
    },
  );

  test.each(['2026-1-1', '26-01-01', '2026/01/01', '2026-01-01T00:00', '', '3000-01-01'])(
    "'%s' is no date",
    (text) => {
      expect(() => parseDate(text)).toThrow(`'${text}' is no date: write it as 2026-02-28`);
    },
  );
});

describe('months', () => {
  test.each([
    [2024, true],
    [2026, false],
    [1900, false],
    [2000, true],
    [2100, false],
  ])('is %d a leap year: %s', (year, expected) => {
    expect(isLeapYear(year)).toBe(expected);
  });

  test('have their lengths', () => {
    const lengths = (year: number) => Array.from({ length: 12 }, (_, month) => daysInMonth(year, month + 1));
    expect(lengths(2026)).toEqual([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
    expect(lengths(2028)).toEqual([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
  });

  test.each([
    ['2026-01-15', 1, '2026-02-15'],
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2026-01-31', 3, '2026-04-30'],
    ['2026-11-30', 3, '2027-02-28'],
    ['2026-12-01', 1, '2027-01-01'],
    ['2026-01-01', -1, '2025-12-01'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2024-02-29', 12, '2025-02-28'],
    ['2026-06-10', 0, '2026-06-10'],
  ])('%s and %d months is %s', (from, months, expected) => {
    expect(formatDate(addMonths(day(from), months))).toBe(expected);
  });

  test.each([
    ['2026-01-15', '2026-02-14', 0],
    ['2026-01-15', '2026-02-15', 1],
    ['2026-01-31', '2026-02-28', 1],
    ['2026-01-31', '2026-03-30', 1],
    ['2025-11-10', '2026-11-09', 11],
    ['2025-11-10', '2026-11-10', 12],
    ['2026-05-05', '2026-05-05', 0],
  ])('whole months from %s to %s: %d', (from, to, expected) => {
    expect(monthsBetween(day(from), day(to))).toBe(expected);
  });

  test.each([
    ['2026-02-03', '2026-02-28'],
    ['2024-02-29', '2024-02-29'],
    ['2026-12-30', '2026-12-31'],
  ])('the month of %s ends on %s', (date, expected) => {
    expect(formatDate(endOfMonth(day(date)))).toBe(expected);
  });
});

describe('days', () => {
  test.each([
    ['2026-01-31', 1, '2026-02-01'],
    ['2024-02-28', 1, '2024-02-29'],
    ['2026-01-01', -1, '2025-12-31'],
    ['2026-01-01', 365, '2027-01-01'],
    ['1969-12-31', 1, '1970-01-01'],
    ['2026-07-14', 0, '2026-07-14'],
  ])('%s and %d days is %s', (from, days, expected) => {
    expect(formatDate(addDays(day(from), days))).toBe(expected);
  });

  test.each([
    ['2026-01-01', '2026-02-01', 31],
    ['2026-02-01', '2026-01-01', -31],
    ['2024-01-01', '2025-01-01', 366],
    ['2026-08-08', '2026-08-08', 0],
  ])('from %s to %s: %d', (from, to, expected) => {
    expect(daysBetween(day(from), day(to))).toBe(expected);
  });

  test.each([
    ['2026-01-01', '2026-02-01', 30],
    ['2026-02-01', '2026-03-01', 30],
    ['2026-01-15', '2026-01-31', 16],
    ['2026-01-30', '2026-01-31', 0],
    ['2026-01-31', '2026-02-28', 28],
    ['2026-01-31', '2026-03-31', 60],
    ['2026-01-29', '2026-03-31', 62],
    ['2025-12-10', '2026-12-10', 360],
  ])('in months of 30 days, from %s to %s: %d', (from, to, expected) => {
    expect(days360Between(day(from), day(to))).toBe(expected);
  });

  test('compare by year, then month, then day', () => {
    const ordered = ['2025-12-31', '2026-01-01', '2026-01-02', '2026-02-01', '2027-01-01'];
    const shuffled = ['2026-02-01', '2025-12-31', '2027-01-01', '2026-01-02', '2026-01-01'];
    expect(shuffled.map(day).toSorted(compareDates).map(formatDate)).toEqual(ordered);
    expect(compareDates(day('2026-01-01'), day('2026-01-01'))).toBe(0);
  });

  test('before, earlier and later', () => {
    const [first, second] = [day('2026-01-31'), day('2026-02-01')];
    expect(isBefore(first, second)).toBe(true);
    expect(isBefore(second, first)).toBe(false);
    expect(isBefore(first, first)).toBe(false);
    expect([earlier(first, second), earlier(second, first)]).toEqual([first, first]);
    expect([later(first, second), later(second, first)]).toEqual([second, second]);
  });
});

describe('business days', () => {
  test.each([
    ['2026-02-02', 1],
    ['2026-02-05', 4],
    ['2026-02-07', 6],
    ['2026-02-08', 7],
    ['1970-01-01', 4],
    ['1969-12-28', 7],
    ['1969-12-29', 1],
    ['1969-12-22', 1],
    ['1900-01-01', 1],
  ])('%s is day %d of its week', (date, expected) => {
    expect(weekday(day(date))).toBe(expected);
  });

  test.each([
    ['2026-02-06', '2026-02-06'],
    ['2026-02-07', '2026-02-09'],
    ['2026-02-08', '2026-02-09'],
    ['2026-02-09', '2026-02-09'],
  ])('from %s the next is %s', (date, expected) => {
    expect(formatDate(businessDayFrom(day(date)))).toBe(expected);
  });

  test('passes over holidays', () => {
    const easter = [day('2026-04-03'), day('2026-04-06')];
    expect(formatDate(businessDayFrom(day('2026-04-02'), easter))).toBe('2026-04-02');
    expect(formatDate(businessDayFrom(day('2026-04-03'), easter))).toBe('2026-04-07');
    expect(formatDate(businessDayFrom(day('2026-04-06'), easter))).toBe('2026-04-07');
  });
});
