const US_PER_DAY = 86_400_000_000;

/** The end of every data set, in microseconds since 1970: 2026-01-01T00:00:00Z. */
export const DATA_END_US = Date.UTC(2026, 0, 1) * 1_000;

/** The period of the messages: two years, in microseconds. The contacts are created in the two years before. */
export const DATA_SPAN_US = 731 * US_PER_DAY;

const two = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'));
const three = Array.from({ length: 1_000 }, (_, value) => String(value).padStart(3, '0'));

let cachedDay = Number.NaN;
let cachedDate = '';

/** Formats `2025-03-09T14:05:33.120450Z`. Ten times as fast as `Date`, which has no microseconds anyway. */
export function formatMicroseconds(sinceEpochUs: number): string {
  const day = Math.floor(sinceEpochUs / US_PER_DAY);
  if (day !== cachedDay) {
    cachedDay = day;
    cachedDate = new Date(day * 86_400_000).toISOString().slice(0, 10);
  }
  const seconds = Math.floor((sinceEpochUs - day * US_PER_DAY) / 1_000_000);
  const microseconds = sinceEpochUs % 1_000_000;
  const clock = `${two[Math.floor(seconds / 3_600)]}:${two[Math.floor(seconds / 60) % 60]}:${two[seconds % 60]}`;
  return `${cachedDate}T${clock}.${three[Math.floor(microseconds / 1_000)]}${three[microseconds % 1_000]}Z`;
}
