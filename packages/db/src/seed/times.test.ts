import { expect, test } from '@jest/globals';
import { DATA_END_US, DATA_SPAN_US, formatMicroseconds } from './times.ts';

test('formats microseconds', () => {
  expect(formatMicroseconds(DATA_END_US - 1)).toBe('2025-12-31T23:59:59.999999Z');
  expect(formatMicroseconds(DATA_END_US)).toBe('2026-01-01T00:00:00.000000Z');
  expect(formatMicroseconds(DATA_END_US + 1_020_003)).toBe('2026-01-01T00:00:01.020003Z');
});

test('agrees with Date on every hour of the span', () => {
  const hourUs = 3_600_000_000;
  for (let timeUs = DATA_END_US - DATA_SPAN_US; timeUs <= DATA_END_US; timeUs += hourUs + 61_000_000) {
    expect(formatMicroseconds(timeUs)).toBe(new Date(timeUs / 1_000).toISOString().replace('Z', '000Z'));
  }
});

test('spans two years', () => {
  expect(formatMicroseconds(DATA_END_US - DATA_SPAN_US)).toBe('2024-01-01T00:00:00.000000Z');
});
