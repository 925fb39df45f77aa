import { z } from 'zod';

/** Text that PostgreSQL can store as it was sent: no NUL, no half of a surrogate pair. */
export const storableText = z
  .string('must be a string')
  .refine((value) => !value.includes('\0'), 'must not contain the character NUL (U+0000)')
  .refine((value) => value.isWellFormed(), 'must be well-formed Unicode, without lone surrogates');

/** Number of Unicode characters, as people and PostgreSQL count them. */
const characterCount = (value: string): number => [...value].length;

/** Whether a text has no more characters than that, without counting one that is much longer. */
export const hasAtMost = (value: string, characters: number): boolean =>
  value.length <= characters || (value.length <= 2 * characters && characterCount(value) <= characters);

/** An instant in an answer: UTC with microseconds. */
export const timestamp = z
  .string()
  .regex(/^\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
  .meta({ format: 'date-time', description: 'ISO 8601 in UTC with microseconds' });

const EARLIEST = Date.parse('1970-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** An instant as a cursor has it: one that PostgreSQL gave us, and takes again. */
export const exactTimestamp = z.iso.datetime({ precision: 6 }).refine((value) => !value.startsWith('0000'));

/** Zones that PostgreSQL does not take; real ones are at most 14 hours from UTC. */
const NO_ZONE = /[+-](1[6-9]|2\d):\d\d$/;

/** An instant in a request: ISO 8601 with a zone, from 1970 to 9999; up to six digits of a second are kept. */
export const timestampInput = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 time with a zone, like 2026-01-31T09:30:00Z' })
  .refine((value) => {
    const time = Date.parse(value);
    return time >= EARLIEST && time <= LATEST;
  }, 'must lie between 1970-01-01T00:00:00Z and 9999-12-31T23:59:59Z')
  .refine((value) => !NO_ZONE.test(value), 'must have a zone less than 16 hours from UTC')
  .overwrite((value) => value.replace(/(\.\d{6})\d+/, '$1')); // PostgreSQL would round, out of the year 9999 too

export const NO_ID = 'must be a whole number from 1 to 9007199254740991';

/** An identifier in JSON: every integer that JSON holds exactly. */
export const id = z.int(NO_ID).min(1, NO_ID);
