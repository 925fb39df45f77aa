import { z } from 'zod';
import { alsoWithIssues, idParameter, pageParameters, pagination, refusePageWithCursor } from './pagination.ts';
import { hasAtMost, id, storableText, timestamp } from './text.ts';

/** What another system calls a contact. Case counts. */
export const externalId = storableText
  .min(1, 'must not be empty')
  .refine((value) => hasAtMost(value, 200), 'must be at most 200 characters')
  .meta({ description: 'What another system calls the contact; unique, case counts', minLength: 1, maxLength: 200 });

/** `GET /api/contacts` */
export const contactsQuery = z
  .strictObject({ ...pageParameters, externalId: externalId.optional().describe('Finds the one contact that has it') })
  .superRefine(refusePageWithCursor, alsoWithIssues);

/** The path of `GET /api/contacts/:contactId` and of the routes below it. */
export const contactPath = z.object({ contactId: idParameter });

export const contact = z.object({
  id,
  externalId: z.string().nullable().describe('What another system calls it'),
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
