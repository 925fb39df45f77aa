import { z } from 'zod';
import { contact, externalId } from './contacts.ts';
import { knownDirection, message } from './messages.ts';
import { alsoWithIssues } from './pagination.ts';
import { phoneNumber } from './phone-number.ts';
import { hasAtMost, hasAtMostBytes, id, storableText, timestampInput } from './text.ts';

/** Maximum length of a message's content, in bytes of UTF-8. */
export const MAX_CONTENT_BYTES = 1_048_576;

const name = storableText
  .refine((value) => value.trim() !== '', 'must not be blank')
  .refine((value) => hasAtMost(value, 200), 'must be at most 200 characters')
  .meta({ description: '1 to 200 characters, not all of them blank', minLength: 1, maxLength: 200 });

const CONTENT = { description: '1 character to 1 MiB of UTF-8, stored as sent', maxLength: MAX_CONTENT_BYTES };
const content = storableText.min(1, 'must not be empty');

const createdAt = timestampInput.optional();
const written = createdAt.describe('When it was written; now where omitted');

export const sendMessage = z.strictObject({
  contactId: id,
  content: content.meta(CONTENT),
  createdAt: written,
  direction: knownDirection.optional().describe('Who wrote it; `outbound` where omitted'),
});

export const receiveMessage = sendMessage.omit({ direction: true }).describe('A message from the contact');

export const createContact = z.strictObject({ name, phoneNumber, externalId: externalId.optional() });

export const updateContact = z
  .strictObject({
    contactId: id,
    name: name.optional(),
    phoneNumber: phoneNumber.optional(),
    externalId: externalId.nullable().optional().describe('null takes it away'),
  })
  .refine(({ contactId: _, ...fields }) => Object.values(fields).some((value) => value !== undefined), {
    message: 'give name, phoneNumber or externalId',
  })
  .meta({ description: 'Give `name`, `phoneNumber`, `externalId` or several', minProperties: 2 });

export const upsertContact = z
  .strictObject({ externalId, name, phoneNumber })
  .describe('Creates the contact with this `externalId`, or changes it');

export const deleteMessage = z.strictObject({ messageId: id });
export const deleteContact = z.strictObject({ contactId: id }).describe('Deletes its messages too');

/** One line of `import-messages`. */
export const importedMessage = z
  .strictObject({
    contactId: id.optional().describe('The contact; or give `contactExternalId`'),
    contactExternalId: externalId.optional(),
    content: content
      .refine(
        (value) => hasAtMostBytes(value, MAX_CONTENT_BYTES),
        `must be at most ${MAX_CONTENT_BYTES} bytes of UTF-8`,
      )
      .meta(CONTENT),
    createdAt: written,
    direction: knownDirection.optional().describe('Who wrote it; not known where omitted'),
    clientMessageId: storableText
      .min(1, 'must not be empty')
      .max(200, 'must be at most 200 characters')
      .optional()
      .describe("The client's own name for it, unique for the contact: a line with a known one is a duplicate"),
  })
  .superRefine(({ contactId, contactExternalId }, context) => {
    if ((contactId === undefined) !== (contactExternalId === undefined)) return;
    const message = contactId === undefined ? 'is missing: give contactId or contactExternalId' : NOT_BOTH;
    context.addIssue({ code: 'custom', path: ['contactId'], message });
  }, alsoWithIssues)
  .meta({
    description: 'One JSON object a line, with `contactId` or `contactExternalId`',
    oneOf: [{ required: ['contactId'] }, { required: ['contactExternalId'] }],
  });

const NOT_BOTH = 'cannot be combined with contactExternalId; give one of them';

/** One line of `import-contacts`. */
export const importedContact = z
  .strictObject({
    externalId: externalId.optional(),
    name,
    phoneNumber,
    createdAt: createdAt.describe('When it was created; now where omitted'),
  })
  .describe('One JSON object a line. A known `externalId` changes its contact, without one a contact is created');

/** The rejected lines of an import, and the first 100 of them with the reason. */
const rejectedLines = {
  rejected: z.int().min(0),
  errors: z.array(z.object({ line: z.int().min(1).describe('From 1'), message: z.string() })).max(100),
};
const lines = z.int().min(0);

/** Numbers of lines that were stored, were duplicates, or were rejected. */
export const importAnswer = z.object({ imported: lines, duplicates: lines, ...rejectedLines });

/** Numbers of lines that created, changed or left a contact, or were rejected. */
export const importContactsAnswer = z.object({ created: lines, updated: lines, unchanged: lines, ...rejectedLines });

/** `Idempotency-Key`: makes a command safe to send again. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters')
  .describe('Sent again within 24 hours, the same key with the same body gets the first answer again');

export const sendMessageAnswer = z.object({ message });
export const contactAnswer = z.object({ contact });
export const upsertContactAnswer = z.object({ contact, outcome: z.enum(['created', 'updated', 'unchanged']) });
