import { z } from 'zod';
import { alsoWithIssues, idParameter, pageParameters, pagination, refusePageWithCursor } from './pagination.ts';
import { id, timestamp } from './text.ts';

/** `GET /api/contacts/:contactId/messages` */
export const messagesQuery = z
  .strictObject({
    ...pageParameters,
    around: idParameter.optional().describe('Opens the page that holds this message; excludes `page` and `cursor`'),
  })
  .superRefine(refusePageWithCursor, alsoWithIssues)
  .superRefine((query, context) => {
    if (query.around === undefined || (query.page === undefined && query.cursor === undefined)) return;
    const message = 'cannot be combined with page or cursor; give one of them';
    context.addIssue({ code: 'custom', path: ['around'], message });
  }, alsoWithIssues);

export const message = z.object({ id, contactId: id, content: z.string(), createdAt: timestamp });
export type Message = z.output<typeof message>;

export const messagesPage = z.object({ messages: z.array(message), pagination });
