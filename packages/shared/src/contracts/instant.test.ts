import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readInstant } from './instant.ts';

test.each([
  ['2026-01-31T09:30Z', '2026-01-31T09:30:00.000000Z'],
  ['2026-01-31T09:30+01:00', '2026-01-31T08:30:00.000000Z'],
  ['2026-01-31T09:30:00+0100', '2026-01-31T08:30:00.000000Z'],
  ['2026-01-31T09:30:00.5+01', '2026-01-31T08:30:00.500000Z'],
  ['2026-01-31T00:30-0530', '2026-01-31T06:00:00.000000Z'],
  ['2026-01-31t09:30:00z', '2026-01-31T09:30:00.000000Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000000Z'],
  ['2016-12-31T18:59:60.25-05', '2017-01-01T00:00:00.250000Z'],
  ['2024-02-29T12:00:00.1234567Z', '2024-02-29T12:00:00.123456Z'],
  ['1970-01-01T01:00+01:00', '1970-01-01T00:00:00.000000Z'],
  ['1969-12-31T23:00-02', '1970-01-01T01:00:00.000000Z'],
  ['9999-12-31T23:59:59.9999999Z', '9999-12-31T23:59:59.999999Z'],
])('%s is %s', (text, instant) => {
  expect(readInstant(text)).toEqual({ instant });
});

test.each([
  ['2026-01-31', 'must be an ISO'],
  ['2026-01-31T09:30', 'must be an ISO'],
  ['2026-01-31 09:30Z', 'must be an ISO'],
  ['2026-01-31T09Z', 'must be an ISO'],
  ['2026-01-31T09:30.5Z', 'must be an ISO'],
  ['2026-02-29T09:30Z', 'must be an ISO'],
  ['2026-00-10T09:30Z', 'must be an ISO'],
  ['2026-01-31T24:00Z', 'must be an ISO'],
  ['2026-01-31T09:60Z', 'must be an ISO'],
  ['2026-01-31T09:30:61Z', 'must be an ISO'],
  ['2026-01-31T09:30+01:60', 'must be an ISO'],
  ['2026-01-31T09:30+1', 'must be an ISO'],
  ['12026-01-31T09:30Z', 'must be an ISO'],
  ['2026-01-31T09:30:00Z\n', 'must be an ISO'],
  ['infinity', 'must be an ISO'],
  ['2026-01-31T09:30+16:00', 'must have a zone'],
  ['1969-12-31T23:59:59Z', 'must lie between'],
  ['0099-06-01T00:00Z', 'must lie between'],
  ['9999-12-31T23:59:60Z', 'must lie between'],
  ['9999-12-31T23:59-00:01', 'must lie between'],
])('%j is refused: %s', (text, problem) => {
  expect(readInstant(text)).toEqual({ problem: expect.stringContaining(problem) });
});

test('agrees with JavaScript on every time that both know', () => {
  const [min, max] = [new Date('1970-01-02T00:00:00Z'), new Date('9999-12-30T00:00:00Z')];
  fc.assert(
    fc.property(fc.date({ min, max, noInvalidDate: true }), fc.integer({ min: -900, max: 900 }), (date, zone) => {
      const local = new Date(date.getTime() + zone * 60_000).toISOString().slice(0, -1);
      const [hours, minutes] = [Math.floor(Math.abs(zone) / 60), Math.abs(zone) % 60].map((n) =>
        String(n).padStart(2, '0'),
      );
      const text = `${local}${zone < 0 ? '-' : '+'}${hours}:${minutes}`;
      expect(readInstant(text)).toEqual({ instant: date.toISOString().replace('Z', '000Z') });
    }),
  );
});
