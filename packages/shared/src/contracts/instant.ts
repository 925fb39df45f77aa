const FORM = /^(\d{4})-(\d\d)-(\d\d)t(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:z|([+-])(\d\d)(?::?(\d\d))?)$/i;

const EARLIEST = Date.parse('1970-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');
/** Real time zones are at most 14 hours from UTC. */
const MAX_ZONE_HOURS = 15;

export const NO_INSTANT = 'must be an ISO 8601 time with a zone, like 2026-01-31T09:30:00Z';
const OUT_OF_RANGE = 'must lie between 1970-01-01T00:00:00Z and 9999-12-31T23:59:59Z';
const NO_ZONE = 'must have a zone less than 16 hours from UTC';

/**
 * Parses an ISO 8601 time with a zone (`2026-01-31T09:30Z`, `+01:00`, `+0100`, `+01`, with or without seconds and
 * fraction, letters in any case) and returns it in UTC with microseconds, or returns what is wrong with it. Fractions
 * beyond six digits are truncated, because rounding could leave the year 9999. A leap second becomes the next second,
 * as in PostgreSQL.
 */
export function readInstant(text: string): { instant: string } | { problem: string } {
  const [, year, month, day, hour, minute, second = '00', fraction = '', sign, zoneHours = '0', zoneMinutes = '0'] =
    FORM.exec(text) ?? [];
  if (year === undefined || !isOnCalendar(Number(year), Number(month), Number(day))) return { problem: NO_INSTANT };
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60 || Number(zoneMinutes) > 59) {
    return { problem: NO_INSTANT };
  }
  if (Number(zoneHours) > MAX_ZONE_HOURS) return { problem: NO_ZONE };
  const offsetMinutes = (sign === '-' ? -1 : 1) * (60 * Number(zoneHours) + Number(zoneMinutes));
  const seconds = 3_600 * Number(hour) + 60 * (Number(minute) - offsetMinutes) + Number(second);
  const time = midnight(Number(year), Number(month), Number(day)) + 1_000 * seconds;
  if (time < EARLIEST || time > LATEST) return { problem: OUT_OF_RANGE };
  return { instant: `${new Date(time).toISOString().slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, '0')}Z` };
}

/** Midnight of a day. `Date.UTC` would treat a year below 100 as one of the twentieth century. */
const midnight = (year: number, month: number, day: number): number => new Date(0).setUTCFullYear(year, month - 1, day);

function isOnCalendar(year: number, month: number, day: number): boolean {
  const date = new Date(midnight(year, month, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
