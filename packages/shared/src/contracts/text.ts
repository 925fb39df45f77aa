import { z } from 'zod';
import { NO_INSTANT, readInstant } from './instant.ts';

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

/** Whether a text takes no more bytes in UTF-8, without encoding one that is much shorter or longer. */
export const hasAtMostBytes = (value: string, bytes: number): boolean =>
  3 * value.length <= bytes || (value.length <= bytes && new TextEncoder().encode(value).length <= bytes);

/** An instant in an answer: UTC with microseconds. */
export const timestamp = z
  .string()
  .regex(/^\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
  .meta({ format: 'date-time', description: 'ISO 8601 in UTC with microseconds' });

/** An instant as a cursor has it: one that PostgreSQL gave us, and takes again. */
export const exactTimestamp = z.iso.datetime({ precision: 6 }).refine((value) => !value.startsWith('0000'));

/** An instant in a request: ISO 8601 with a zone, from 1970 to 9999; up to six digits of a second are kept. */
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

/** An identifier in JSON: every integer that JSON holds exactly. */
export const id = z.int(NO_ID).min(1, NO_ID);
