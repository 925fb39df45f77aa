import { z } from 'zod';
import { contact } from './contacts.ts';
import { message } from './messages.ts';
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

export const sendMessage = z.strictObject({
  contactId: id,
  content: content.meta(CONTENT),
  createdAt: timestampInput.optional().describe('When it was written; now where omitted'),
});

export const createContact = z.strictObject({ name, phoneNumber });

export const updateContact = z
  .strictObject({ contactId: id, name: name.optional(), phoneNumber: phoneNumber.optional() })
  .refine((body) => body.name !== undefined || body.phoneNumber !== undefined, 'give name, phoneNumber or both')
  .meta({ description: 'Give `name`, `phoneNumber` or both', minProperties: 2 });

export const deleteMessage = z.strictObject({ messageId: id });
export const deleteContact = z.strictObject({ contactId: id }).describe('Deletes its messages too');

/** One line of `import-messages`. */
export const importedMessage = sendMessage
  .extend({
    content: content
      .refine(
        (value) => hasAtMostBytes(value, MAX_CONTENT_BYTES),
        `must be at most ${MAX_CONTENT_BYTES} bytes of UTF-8`,
      )
      .meta(CONTENT),
    clientMessageId: storableText
      .min(1, 'must not be empty')
      .max(200, 'must be at most 200 characters')
      .optional()
      .describe("The client's own name for it, unique for the contact: a line with a known one is a duplicate"),
  })
  .describe('One JSON object a line');

/**
 * Numbers of lines that were stored, were duplicates, or were rejected; the first 100 rejected lines with the reason.
 */
export const importAnswer = z.object({
  imported: z.int().min(0),
  duplicates: z.int().min(0),
  rejected: z.int().min(0),
  errors: z.array(z.object({ line: z.int().min(1).describe('From 1'), message: z.string() })).max(100),
});

/** `Idempotency-Key`: makes a command safe to send again. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters')
  .describe('Sent again within 24 hours, the same key with the same body gets the first answer again');

export const sendMessageAnswer = z.object({ message });
export const contactAnswer = z.object({ contact });
