const dateText = /^(\d{4,6})-(\d\d)-(\d\d)( BC)?$/;
const timestampText =
  /^(\d{4,6})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d(?::?\d\d){0,2})?( BC)?$/;
const timeText = /^(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d(?::?\d\d){0,2})?$/;

/** Null where it is no date in ISO form; `infinity` stands for itself. */
export function canonicalDate(text: string): string | null {
  return dateText.test(text) || isInfinity(text) ? text : null;
}

/** ISO form, the fraction without trailing zeros, a zoned one in UTC. Null where the zone is missing or one too many. */
export function canonicalTimestamp(text: string, of: 'timestamp' | 'timestamptz'): string | null {
  if (isInfinity(text)) return text;
  const match = timestampText.exec(text);
  if (!match) return null;
  const [
    ,
    year = '',
    month = '',
    day = '',
    hour = '',
    minute = '',
    second = '',
    fraction = '',
    zone,
    era = '',
  ] = match;
  if ((zone !== undefined) !== (of === 'timestamptz')) return null;
  const sub = trimFraction(fraction);
  if (zone === undefined) return `${year}-${month}-${day}T${hour}:${minute}:${second}${sub}${era}`;
  const date = new Date(0);
  date.setUTCFullYear(era === '' ? Number(year) : 1 - Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second) - zoneSeconds(zone));
  return Number.isNaN(date.getTime()) ? null : `${date.toISOString().replace('.000Z', '')}${sub}Z`;
}

export function canonicalTime(text: string, of: 'time' | 'timetz'): string | null {
  const match = timeText.exec(text);
  if (!match) return null;
  const [, clock = '', fraction = '', zone] = match;
  if ((zone !== undefined) !== (of === 'timetz')) return null;
  return `${clock}${trimFraction(fraction)}${zone === undefined ? '' : `@${zoneSeconds(zone)}`}`;
}

/** Months, days and microseconds of PostgreSQL's own interval form: `1 year 2 mons -3 days 04:05:06.7`. */
export function canonicalInterval(text: string): string | null {
  const match =
    /^(?:([+-]?\d+) years?)? ?(?:([+-]?\d+) mons?)? ?(?:([+-]?\d+) days?)? ?(?:([+-])?(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?$/.exec(
      text,
    );
  if (!match || text.trim() === '') return null;
  const [
    ,
    years = '0',
    months = '0',
    days = '0',
    sign,
    hours = '0',
    minutes = '0',
    seconds = '0',
    fraction = '',
  ] = match;
  const clock =
    (BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds)) * 1_000_000n +
    BigInt(fraction.padEnd(6, '0'));
  return `${BigInt(years) * 12n + BigInt(months)} ${BigInt(days)} ${sign === '-' ? -clock : clock}`;
}

function isInfinity(text: string): boolean {
  return text === 'infinity' || text === '-infinity';
}

function trimFraction(fraction: string): string {
  const digits = fraction.replace(/0+$/, '');
  return digits === '' ? '' : `.${digits}`;
}

function zoneSeconds(zone: string): number {
  if (zone === 'Z') return 0;
  const digits = zone.slice(1).replaceAll(':', '').padEnd(6, '0');
  const seconds =
    Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2, 4)) * 60 + Number(digits.slice(4, 6));
  return zone.startsWith('-') ? -seconds : seconds;
}
