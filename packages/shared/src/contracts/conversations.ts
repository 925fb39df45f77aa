import { z } from 'zod';
import { match } from './match.ts';
import { direction } from './messages.ts';
import {
  alsoWithIssues,
  pageParameters,
  pagination,
  refusePageWithCursor,
  refuseReversedTimes,
  searchValue,
  timeParameters,
} from './pagination.ts';
import { id, timestamp } from './text.ts';

/** `GET /api/conversations`. An empty `searchValue` means no search. */
export const conversationsQuery = z
  .strictObject({
    ...pageParameters,
    ...timeParameters,
    searchValue: searchValue('Finds contacts by name, phone number or the content of any message'),
  })
  .superRefine(refusePageWithCursor, alsoWithIssues)
  .superRefine(refuseReversedTimes, alsoWithIssues);

export const conversation = z.object({
  contactId: id,
  name: z.string(),
  phoneNumber: z.string(),
  lastMessage: z.object({
    id,
    preview: z.string().meta({ description: 'The first 280 characters', maxLength: 280 }),
    direction,
    createdAt: timestamp,
  }),
  match: match.nullable().describe('null without a search'),
});

export type Conversation = z.output<typeof conversation>;

export const conversationsPage = z.object({ conversations: z.array(conversation), pagination });
