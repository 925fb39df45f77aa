import { z } from 'zod';
import { contact } from './contacts.ts';
import { message } from './messages.ts';
import { characterCount, id, storableText, timestampInput } from './text.ts';

/** Longest content of a message, in bytes of UTF-8. */
export const MAX_CONTENT_BYTES = 1_048_576;

const name = storableText
  .refine((value) => value.trim() !== '', 'must not be blank')
  .refine((value) => characterCount(value) <= 200, 'must be at most 200 characters')
  .describe('1 to 200 characters');

const phoneNumber = storableText
  .refine((value) => /\d/.test(value), 'must contain a digit')
  .refine(
    (value) => /^[+]?[\d\s().,\-/#*;a-z]+$/i.test(value),
    'may contain digits, spaces, letters and + - ( ) . , / # * ;',
  )
  .refine((value) => value.length <= 50, 'must be at most 50 characters')
  .describe('1 to 50 characters, stored as sent');

export const sendMessage = z.object({
  contactId: id,
  content: storableText.min(1, 'must not be empty').describe('1 character to 1 MiB of UTF-8, stored as sent'),
  createdAt: timestampInput.optional().describe('When it was written; now where omitted'),
});

export const createContact = z.object({ name, phoneNumber });

export const updateContact = z
  .object({ contactId: id, name: name.optional(), phoneNumber: phoneNumber.optional() })
  .refine((body) => body.name !== undefined || body.phoneNumber !== undefined, 'give name, phoneNumber or both');

export const sendMessageAnswer = z.object({ message });
export const contactAnswer = z.object({ contact });
