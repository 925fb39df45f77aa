import { z } from 'zod';
import { idParameter, wholeNumber } from './pagination.ts';
import { id } from './text.ts';

/** How long a request may wait for a change, in seconds. */
const LONGEST_WAIT_S = 30;
const NO_WAIT = `must be a whole number from 0 to ${LONGEST_WAIT_S}`;

/** No cursor of the feed is longer: its snapshot names each transaction that was running. */
const LONGEST_CURSOR = 8_000;
export const NO_CHANGES_CURSOR =
  'is not a cursor of the changes; take Changes-Cursor of a list, or cursor of an answer';

/** `GET /api/changes` */
export const changesQuery = z.strictObject({
  after: z
    .string()
    .min(1, NO_CHANGES_CURSOR)
    .max(LONGEST_CURSOR, NO_CHANGES_CURSOR)
    .optional()
    .describe(
      'What the reader has seen: `Changes-Cursor` of a list, or the last `cursor`. Without it the answer has no changes, and the present cursor',
    ),
  wait: wholeNumber(NO_WAIT)
    .pipe(z.int().max(LONGEST_WAIT_S, NO_WAIT))
    .default(0)
    .describe('How many seconds to wait for a change if there is none; a stream waits for as long as it is read'),
  contactId: idParameter.optional().describe('Only the conversation of this contact'),
});

/** A conversation that is not as the reader has seen it. */
export const change = z.object({
  contactId: id,
  kind: z.enum(['changed', 'deleted']).describe('`deleted`: it is not on the list any more'),
  lastMessageId: id.nullable().describe('Its newest message; null where it is deleted'),
});
export type Change = z.output<typeof change>;

export const changesAnswer = z.object({
  changes: z.array(change).describe('Each conversation once, as it is now'),
  cursor: z.string().describe('What has been seen then: `after` of the next request'),
});
export type ChangesAnswer = z.output<typeof changesAnswer>;
