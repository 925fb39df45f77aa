import { z } from 'zod';

/** Text that PostgreSQL can store as it was sent: no NUL, no half of a surrogate pair. */
export const storableText = z
  .string('must be a string')
  .refine((value) => !value.includes('\0'), 'must not contain the character NUL (U+0000)')
  .refine((value) => value.isWellFormed(), 'must be well-formed Unicode, without lone surrogates');

/** Number of Unicode characters, as people and PostgreSQL count them. */
export const characterCount = (value: string): number => [...value].length;

/** An instant in an answer: UTC with microseconds. */
export const timestamp = z
  .string()
  .regex(/^\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
  .meta({ format: 'date-time', description: 'ISO 8601 in UTC with microseconds' });

const EARLIEST = Date.parse('1970-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** An instant in a request: ISO 8601 with a zone, from 1970 to 9999; up to six digits of a second are kept. */
export const timestampInput = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 time with a zone, like 2026-01-31T09:30:00Z' })
  .refine((value) => {
    const time = Date.parse(value);
    return time >= EARLIEST && time <= LATEST;
  }, 'must lie between 1970-01-01T00:00:00Z and 9999-12-31T23:59:59Z');

/** An identifier in JSON. */
export const id = z.int('must be a positive whole number').min(1, 'must be a positive whole number');
