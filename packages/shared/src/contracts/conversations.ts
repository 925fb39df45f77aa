import { z } from 'zod';
import { alsoWithIssues, pageParameters, pagination, refusePageWithCursor } from './pagination.ts';
import { hasAtMost, id, storableText, timestamp } from './text.ts';

/** `GET /api/conversations`. An empty `searchValue` means no search. */
export const conversationsQuery = z
  .strictObject({
    ...pageParameters,
    searchValue: storableText
      .trim()
      .refine((value) => hasAtMost(value, 200), 'must be at most 200 characters')
      .default('')
      .meta({
        description:
          'Finds contacts by name, phone number or the content of any message; case and accents do not count',
        maxLength: 200,
      }),
  })
  .superRefine(refusePageWithCursor, alsoWithIssues);

/** Where and how a conversation matches the search. */
export const match = z.object({
  field: z.enum(['name', 'phoneNumber', 'message']),
  snippet: z.string().describe('The part of the field around the first match'),
  ranges: z.array(z.tuple([z.int().min(0), z.int().min(1)])).describe('UTF-16 offsets [start, end) into `snippet`'),
  messageId: id.nullable().describe('The newest matching message where `field` is `message`'),
});
export type Match = z.output<typeof match>;

export const conversation = z.object({
  contactId: id,
  name: z.string(),
  phoneNumber: z.string(),
  lastMessage: z.object({
    id,
    preview: z.string().meta({ description: 'The first 280 characters', maxLength: 280 }),
    createdAt: timestamp,
  }),
  match: match.nullable().describe('null without a search'),
});

export const conversationsPage = z.object({ conversations: z.array(conversation), pagination });
