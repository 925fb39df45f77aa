import { expect, test } from '@jest/globals';
import { toIsoUtc } from './pool.ts';

test.each([
  ['2026-01-31 09:30:00+00', '2026-01-31T09:30:00.000000Z'],
  ['2026-01-31 09:30:00.5+00', '2026-01-31T09:30:00.500000Z'],
  ['2026-01-31 09:30:00.123456+00', '2026-01-31T09:30:00.123456Z'],
])('writes %s as %s', (text, iso) => {
  expect(toIsoUtc(text)).toBe(iso);
});
