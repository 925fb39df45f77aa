import {
  MAX_CONTENT_BYTES,
  type Message,
  NotFoundError,
  PayloadTooLargeError,
  type sendMessage as schema,
} from '@messaging/shared';
import type { z } from 'zod';
import { pgCode } from '../connection/pg-errors.ts';
import type { Queryable } from '../connection/pool.ts';
import { one } from '../connection/sql.ts';
import { messageFields } from '../queries/message-fields.ts';

const INSERT = `
  insert into messages (contact_id, content, created_at, direction)
  values ($1, $2, coalesce($3::timestamptz, now()), $4)
  returning ${messageFields()}`;
const FOREIGN_KEY_VIOLATION = '23503';

/**
 * Stores a message unchanged, to or from the contact. Once it resolves, every later read sees it.
 * @throws NotFoundError for an unknown contact @throws PayloadTooLargeError for a content above 1 MiB of UTF-8
 */
export async function sendMessage(
  db: Queryable,
  { contactId, content, createdAt, direction = 'outbound' }: z.output<typeof schema>,
): Promise<Message> {
  if (Buffer.byteLength(content) > MAX_CONTENT_BYTES) {
    throw new PayloadTooLargeError(`content is longer than ${MAX_CONTENT_BYTES} bytes of UTF-8; send it in parts.`);
  }
  try {
    return await one<Message>(db, INSERT, [contactId, content, createdAt ?? null, direction], 'send-message');
  } catch (error) {
    if (pgCode(error) === FOREIGN_KEY_VIOLATION) throw new NotFoundError('contact', contactId, { cause: error });
    throw error;
  }
}
