import { type CalendarDate, compareDates, days360Between, formatDate } from './calendar.ts';
import type { Category, Charge } from './charge.ts';
import { compareMoney, type Money, negate, type Rounding, scale, zero } from './money.ts';
import { contains, intersect, lengthInDays, type Period, splitAt } from './period.ts';

/** How days are counted: as they are, or as in a year of twelve months of 30 days. */
export type DayCount = 'actual' | '30/360';

export function countDays(span: Period, dayCount: DayCount): number {
  return dayCount === 'actual' ? lengthInDays(span) : days360Between(span.start, span.end);
}

/** What part of a period's price is owed for the days of it that were used; nothing when none was. */
export function prorate(
  amount: Money,
  whole: Period,
  used: Period | undefined,
  dayCount: DayCount = 'actual',
  rounding: Rounding = 'half-up',
): Money {
  const part = used && intersect(whole, used);
  if (!part) return zero(amount.currency);
  return scale(amount, countDays(part, dayCount), countDays(whole, dayCount), rounding);
}

export interface Plan {
  readonly name: string;
  readonly category: Category;
  /** For a whole period. */
  readonly amount: Money;
}

export interface PlanChange {
  readonly from: Plan;
  readonly to: Plan;
  readonly date: CalendarDate;
  /** A plan that costs less may begin with the next period only; then nothing is paid back. */
  readonly downgrades: 'at once' | 'at renewal';
  readonly dayCount?: DayCount;
}

/** A credit for the days that are left of the old plan, which was paid for, and a charge for the same days of the new. */
export function changePlan(whole: Period, change: PlanChange): Charge[] {
  const { from, to, date, downgrades, dayCount = 'actual' } = change;
  if (!contains(whole, date)) throw new RangeError(`${formatDate(date)} is not in the period`);
  const isDowngrade = compareMoney(to.amount, from.amount) < 0;
  if (isDowngrade && downgrades === 'at renewal') return [];
  const left = { start: date, end: whole.end };
  const credit = negate(prorate(from.amount, whole, left, dayCount));
  const charge = prorate(to.amount, whole, left, dayCount);
  return [
    {
      description: `${from.name}, unused from ${formatDate(date)}`,
      category: from.category,
      amount: credit,
    },
    { description: `${to.name}, from ${formatDate(date)}`, category: to.category, amount: charge },
  ].filter(({ amount }) => amount.minor !== 0);
}

export interface SeatChange {
  readonly date: CalendarDate;
  readonly seats: number;
}

/**
 * Seats by the day: a charge for each part of the period in which their number stayed the same. Of several changes on
 * one day the last counts, and one from before the period holds from its start.
 */
export function seatCharges(
  whole: Period,
  plan: Plan,
  changes: readonly SeatChange[],
  dayCount: DayCount = 'actual',
): Charge[] {
  const ordered = changes.toSorted((a, b) => compareDates(a.date, b.date));
  const parts = splitAt(
    whole,
    ordered.map(({ date }) => date),
  );
  const wholeDays = countDays(whole, dayCount);
  const charges: Charge[] = [];
  for (const part of parts) {
    const seats = ordered.findLast(({ date }) => compareDates(date, part.start) <= 0)?.seats ?? 0;
    if (seats < 0) throw new RangeError(`${seats} is no number of seats`);
    if (seats === 0) continue;
    charges.push({
      description: `${plan.name}, ${seats} × ${countDays(part, dayCount)} of ${wholeDays} days`,
      category: plan.category,
      amount: scale(plan.amount, seats * countDays(part, dayCount), wholeDays),
    });
  }
  return charges;
}
