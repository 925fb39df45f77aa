import { z } from 'zod';
import { NO_INSTANT, readInstant } from './instant.ts';

/** Text that PostgreSQL can store unchanged: no NUL, no unpaired surrogate. */
export const storableText = z
  .string('must be a string')
  .refine((value) => !value.includes('\0'), 'must not contain the character NUL (U+0000)')
  .refine((value) => value.isWellFormed(), 'must be well-formed Unicode, without lone surrogates');

/** Number of Unicode characters, as PostgreSQL counts them. */
const characterCount = (value: string): number => [...value].length;

/** True if a text has at most that many characters. A much longer text is not counted. */
export const hasAtMost = (value: string, characters: number): boolean =>
  value.length <= characters || (value.length <= 2 * characters && characterCount(value) <= characters);

/** Whether a text takes no more bytes in UTF-8, without encoding one that is much shorter or longer. */
export const hasAtMostBytes = (value: string, bytes: number): boolean =>
  3 * value.length <= bytes || (value.length <= bytes && new TextEncoder().encode(value).length <= bytes);

/** An instant in an answer: UTC with microseconds. */
export const timestamp = z
  .string()
  .regex(/^\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
  .meta({ format: 'date-time', description: 'ISO 8601 in UTC with microseconds' });

/** A time in a cursor: one that PostgreSQL returned and accepts again. */
export const exactTimestamp = z.iso.datetime({ precision: 6 }).refine((value) => !value.startsWith('0000'));

/** A time in a request: ISO 8601 with a zone, from 1970 to 9999. Up to six digits of a second are kept. */
export const timestampInput = z
  .string(NO_INSTANT)
  .superRefine((text, context) => {
    const read = readInstant(text);
    if ('problem' in read) context.addIssue({ code: 'custom', message: read.problem });
  })
  .overwrite((text) => {
    const read = readInstant(text);
    return 'instant' in read ? read.instant : text;
  })
  .meta({
    format: 'date-time',
    description: 'ISO 8601 with a zone, 1970 to 9999: seconds and fraction can be left out, six digits of it are kept',
  });

export const NO_ID = 'must be a whole number from 1 to 9007199254740991';

/** An identifier in JSON: any integer that JSON represents exactly. */
export const id = z.int(NO_ID).min(1, NO_ID);
