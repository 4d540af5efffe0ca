const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_DAYS = 365;
const [SUNDAY, SATURDAY] = [0, 6];

/** A time at which the tests are run once. */
export interface ClockMove {
  what: string;
  /** From now, with a fraction for the hour. */
  days: number;
}

/**
 * Years away, and at times that differ from a working day in whatever a date is asked for: the weekday, the hour, the day of
 * the month. All of it is UTC, as the sandboxes are.
 */
export function clockMoves(now: Date): ClockMove[] {
  const days = (to: number): number => (to - now.getTime()) / DAY_MS;
  const from = (years: number): number => Math.floor(now.getTime() / DAY_MS + years * YEAR_DAYS) * DAY_MS;
  const saturday = firstDay(from(1), (day) => day.getUTCDay() === SATURDAY);
  const lastSunday = firstDay(from(5), (day) => day.getUTCDay() === SUNDAY && day.getUTCDate() === 31);
  return [
    { what: 'a year from now, on a Saturday night', days: days(saturday + 22.5 * HOUR_MS) },
    {
      what: 'five years from now, early on a Sunday that is the 31st',
      days: days(lastSunday + 4.5 * HOUR_MS),
    },
    { what: 'a year ago', days: -YEAR_DAYS },
  ];
}

/** There is a Sunday among the 31sts of any two years. */
function firstDay(from: number, isIt: (day: Date) => boolean): number {
  for (let at = from; ; at += DAY_MS) if (isIt(new Date(at))) return at;
}
