/** A day of the Gregorian calendar, without a time and without a zone; `month` and `day` count from 1. */
export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const MS_PER_DAY = 86_400_000;
const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const SATURDAY = 6;

/** Reads `2026-02-28`; a day that the calendar lacks is an error. */
export function parseDate(text: string): CalendarDate {
  const match = /^([12]\d{3})-(\d{2})-(\d{2})$/.exec(text);
  const [year, month, day] = (match ?? []).slice(1).map(Number);
  if (year === undefined || month === undefined || day === undefined) {
    throw new RangeError(`'${text}' is no date: write it as 2026-02-28`);
  }
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) {
    throw new RangeError(`the calendar has no ${text}`);
  }
  return { year, month, day };
}

export function formatDate({ year, month, day }: CalendarDate): string {
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2 && isLeapYear(year)) return 29;
  return MONTH_LENGTHS[month - 1] ?? 0;
}

/** Negative when `a` is the earlier, as a comparator wants it. */
export function compareDates(a: CalendarDate, b: CalendarDate): number {
  return a.year - b.year || a.month - b.month || a.day - b.day;
}

export function isBefore(a: CalendarDate, b: CalendarDate): boolean {
  return compareDates(a, b) < 0;
}

export function earlier(a: CalendarDate, b: CalendarDate): CalendarDate {
  return isBefore(a, b) ? a : b;
}

export function later(a: CalendarDate, b: CalendarDate): CalendarDate {
  return isBefore(a, b) ? b : a;
}

export function addDays(date: CalendarDate, days: number): CalendarDate {
  const moved = new Date((dayNumber(date) + days) * MS_PER_DAY);
  return { year: moved.getUTCFullYear(), month: moved.getUTCMonth() + 1, day: moved.getUTCDate() };
}

/** Keeps the day of the month where the other month has it, and takes that month's last day where it has not. */
export function addMonths(date: CalendarDate, months: number): CalendarDate {
  const index = date.year * 12 + (date.month - 1) + months;
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  return { year, month, day: Math.min(date.day, daysInMonth(year, month)) };
}

/** From the first to the second: negative when the second is the earlier. */
export function daysBetween(from: CalendarDate, to: CalendarDate): number {
  return dayNumber(to) - dayNumber(from);
}

/** Whole months from the first to the second, as far as `addMonths` does not pass it; for dates in this order. */
export function monthsBetween(from: CalendarDate, to: CalendarDate): number {
  const months = (to.year - from.year) * 12 + to.month - from.month;
  return isBefore(to, addMonths(from, months)) ? months - 1 : months;
}

/**
 * By the convention of bonds (30/360 US without its rule for February): every month has 30 days, the 31st counts as the
 * 30th.
 */
export function days360Between(from: CalendarDate, to: CalendarDate): number {
  const fromDay = Math.min(from.day, 30);
  const toDay = fromDay === 30 ? Math.min(to.day, 30) : to.day;
  return (to.year - from.year) * 360 + (to.month - from.month) * 30 + (toDay - fromDay);
}

export function endOfMonth({ year, month }: CalendarDate): CalendarDate {
  return { year, month, day: daysInMonth(year, month) };
}

/** 1 is Monday, 7 is Sunday. */
export function weekday(date: CalendarDate): number {
  // Day 0, 1970-01-01, was a Thursday.
  const sinceMonday = (dayNumber(date) + 3) % 7;
  return (sinceMonday < 0 ? sinceMonday + 7 : sinceMonday) + 1;
}

/** The day itself when it is neither on a weekend nor a holiday, else the next such day. */
export function businessDayFrom(date: CalendarDate, holidays: readonly CalendarDate[] = []): CalendarDate {
  const isHoliday = holidays.some((holiday) => compareDates(holiday, date) === 0);
  if (weekday(date) < SATURDAY && !isHoliday) return date;
  return businessDayFrom(addDays(date, 1), holidays);
}

function dayNumber({ year, month, day }: CalendarDate): number {
  return Date.UTC(year, month - 1, day) / MS_PER_DAY;
}
