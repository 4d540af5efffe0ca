import {
  addDays,
  addMonths,
  type CalendarDate,
  compareDates,
  daysBetween,
  earlier,
  formatDate,
  isBefore,
  later,
  monthsBetween,
} from './calendar.ts';

/** Whole days from `start` up to and without `end`. */
export interface Period {
  readonly start: CalendarDate;
  readonly end: CalendarDate;
}

/** How often something is billed: every `count` weeks, months or years. */
export interface Cycle {
  readonly unit: 'week' | 'month' | 'year';
  readonly count: number;
}

const DAYS_PER_WEEK = 7;
const MONTHS_PER_YEAR = 12;

export function period(start: CalendarDate, end: CalendarDate): Period {
  if (!isBefore(start, end)) {
    throw new RangeError(`a period from ${formatDate(start)} cannot end on ${formatDate(end)}`);
  }
  return { start, end };
}

export function lengthInDays({ start, end }: Period): number {
  return daysBetween(start, end);
}

export function contains({ start, end }: Period, date: CalendarDate): boolean {
  return !isBefore(date, start) && isBefore(date, end);
}

/** What two periods share; undefined when that is not a single day. */
export function intersect(a: Period, b: Period): Period | undefined {
  const start = later(a.start, b.start);
  const end = earlier(a.end, b.end);
  return isBefore(start, end) ? { start, end } : undefined;
}

/** Cuts a period at the dates that lie within it, in any order. */
export function splitAt(whole: Period, dates: readonly CalendarDate[]): Period[] {
  const inside = dates
    .filter((date) => contains(whole, date))
    .toSorted(compareDates)
    .filter((date, index, all) => compareDates(date, all[index - 1] ?? whole.start) !== 0);
  const starts = [whole.start, ...inside];
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? whole.end }));
}

/**
 * The period with this number, from 0, of a subscription that began on the anchor. Each start is counted from the anchor
 * itself: one of January 31st is billed on February 28th and on March 31st again.
 */
export function billingPeriod(anchor: CalendarDate, cycle: Cycle, number: number): Period {
  return { start: cycleStart(anchor, cycle, number), end: cycleStart(anchor, cycle, number + 1) };
}

/** The billing period that a date lies in; undefined before the subscription began. */
export function billingPeriodOf(anchor: CalendarDate, cycle: Cycle, date: CalendarDate): Period | undefined {
  if (isBefore(date, anchor)) return undefined;
  const passed =
    cycle.unit === 'week' ? daysBetween(anchor, date) / DAYS_PER_WEEK : monthsBetween(anchor, date);
  const length = cycle.unit === 'year' ? cycle.count * MONTHS_PER_YEAR : cycle.count;
  return billingPeriod(anchor, cycle, Math.floor(passed / length));
}

function cycleStart(anchor: CalendarDate, { unit, count }: Cycle, number: number): CalendarDate {
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`cannot bill every ${count} ${unit}s`);
  switch (unit) {
    case 'week':
      return addDays(anchor, number * count * DAYS_PER_WEEK);
    case 'month':
      return addMonths(anchor, number * count);
    case 'year':
      return addMonths(anchor, number * count * MONTHS_PER_YEAR);
  }
}
