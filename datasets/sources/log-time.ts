/** Hours east of UTC of the zone abbreviations that PostgreSQL writes; ambiguous ones are left out. */
const ZONE_HOURS: Record<string, number> = {
  UTC: 0,
  GMT: 0,
  Z: 0,
  WET: 0,
  WEST: 1,
  CET: 1,
  CEST: 2,
  EET: 2,
  EEST: 3,
  MSK: 3,
  BRT: -3,
  BRST: -2,
  EST: -5,
  EDT: -4,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
  AKST: -9,
  AKDT: -8,
  HST: -10,
  JST: 9,
  KST: 9,
  AEST: 10,
  AEDT: 11,
  AWST: 8,
  NZST: 12,
  NZDT: 13,
  SGT: 8,
  HKT: 8,
};

const TIME = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(\.\d+)? ?([A-Za-z]+|[+-]\d\d(?::?\d\d)?)$/;

/** Epoch milliseconds of PostgreSQL's `2026-01-31 12:00:00.123 UTC`; undefined for an unknown zone or another form. */
function parseLogTime(text: string): number | undefined {
  const found = TIME.exec(text);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone = ''] = found;
  const offsetMinutes = zoneMinutes(zone);
  if (offsetMinutes === undefined) return undefined;
  const utc = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  return utc + (fraction === undefined ? 0 : Math.round(Number(fraction) * 1000)) - offsetMinutes * 60_000;
}

/** `parseLogTime` for a stream of times: parses once a second and adds the milliseconds. */
export function logTimeReader(): (text: string) => number | undefined {
  let second = '';
  let zone = '';
  let base: number | undefined;
  return (text) => {
    // 2026-01-31 12:00:00.123 UTC: the second takes 19 characters, the milliseconds 4.
    if (text.charCodeAt(19) !== 46) return parseLogTime(text);
    const milliseconds = Number(text.slice(20, 23));
    if (base === undefined || text.slice(0, 19) !== second || text.slice(23) !== zone) {
      second = text.slice(0, 19);
      zone = text.slice(23);
      base = parseLogTime(second + zone);
    }
    return base === undefined || Number.isNaN(milliseconds) ? undefined : base + milliseconds;
  };
}

function zoneMinutes(zone: string): number | undefined {
  const hours = ZONE_HOURS[zone.toUpperCase()];
  if (hours !== undefined) return hours * 60;
  const numeric = /^([+-])(\d\d):?(\d\d)?$/.exec(zone);
  if (numeric === null) return undefined;
  const minutes = Number(numeric[2]) * 60 + Number(numeric[3] ?? 0);
  return numeric[1] === '-' ? -minutes : minutes;
}
