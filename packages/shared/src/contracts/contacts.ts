import { z } from 'zod';
import { alsoWithIssues, idParameter, pageParameters, pagination, refusePageWithCursor } from './pagination.ts';
import { id, timestamp } from './text.ts';

/** `GET /api/contacts` */
export const contactsQuery = z.strictObject(pageParameters).superRefine(refusePageWithCursor, alsoWithIssues);

/** The path of `GET /api/contacts/:contactId` and of the routes below it. */
export const contactPath = z.object({ contactId: idParameter });

export const contact = z.object({
  id,
  name: z.string(),
  phoneNumber: z.string(),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type Contact = z.output<typeof contact>;

export const contactDetail = contact.extend({
  lastMessageAt: timestamp.nullable().describe('null without messages'),
});
export type ContactDetail = z.output<typeof contactDetail>;

export const contactsPage = z.object({ contacts: z.array(contact), pagination });
