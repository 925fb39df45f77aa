import { z } from 'zod';
import { match } from './match.ts';
import {
  alsoWithIssues,
  idParameter,
  pageParameters,
  pagination,
  refusePageWithCursor,
  refuseReversedTimes,
  searchValue,
  timeParameters,
} from './pagination.ts';
import { id, timestamp } from './text.ts';

/** `GET /api/contacts/:contactId/messages` */
export const threadQuery = z
  .strictObject({
    ...pageParameters,
    ...timeParameters,
    around: idParameter
      .optional()
      .describe('Opens the page that holds this message; excludes `page`, `cursor`, `from` and `to`'),
  })
  .superRefine(refusePageWithCursor, alsoWithIssues)
  .superRefine(refuseReversedTimes, alsoWithIssues)
  .superRefine((query, context) => {
    const { around, page, cursor, from, to } = query;
    if (around === undefined || [page, cursor, from, to].every((value) => value === undefined)) return;
    const message = 'cannot be combined with page, cursor, from or to; give one of them';
    context.addIssue({ code: 'custom', path: ['around'], message });
  }, alsoWithIssues);

/** Who wrote a message: the contact, or we. */
export const knownDirection = z.enum(['inbound', 'outbound'], 'must be "inbound" or "outbound"');

export const direction = knownDirection
  .nullable()
  .describe('`inbound`: from the contact; `outbound`: to the contact; null where it is not known');

export const message = z.object({ id, contactId: id, content: z.string(), direction, createdAt: timestamp });
export type Message = z.output<typeof message>;

/** The path of `GET /api/messages/:messageId`. */
export const messagePath = z.object({ messageId: idParameter });

export const messageDetail = message.extend({
  clientMessageId: z.string().nullable().describe('What the client that imported it calls it'),
});
export type MessageDetail = z.output<typeof messageDetail>;

/** `GET /api/messages` */
export const messagesQuery = z
  .strictObject({
    ...pageParameters,
    ...timeParameters,
    searchValue: searchValue('Finds messages by their content'),
    contactId: idParameter.optional().describe('Only of this contact'),
    direction: knownDirection.optional().describe('Only from the contacts, or only to them'),
  })
  .superRefine(refusePageWithCursor, alsoWithIssues)
  .superRefine(refuseReversedTimes, alsoWithIssues);

/** A message in the list of all messages. */
export const listedMessage = message.omit({ content: true }).extend({
  contactName: z.string(),
  preview: z.string().meta({ description: 'The first 280 characters', maxLength: 280 }),
  match: match.nullable().describe('null without a search'),
});
export type ListedMessage = z.output<typeof listedMessage>;

export const listedMessagesPage = z.object({ messages: z.array(listedMessage), pagination });

export const messagesPage = z.object({ messages: z.array(message), pagination });
