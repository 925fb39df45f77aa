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

const INSERT = `
  insert into messages (contact_id, content, created_at) values ($1, $2, coalesce($3::timestamptz, now()))
  returning id, contact_id as "contactId", content, created_at as "createdAt"`;
const FOREIGN_KEY_VIOLATION = '23503';

/**
 * Stores a message unchanged. Once it resolves, every later read sees it.
 * @throws NotFoundError for an unknown contact @throws PayloadTooLargeError for a content above 1 MiB of UTF-8
 */
export async function sendMessage(
  db: Queryable,
  { contactId, content, createdAt }: z.output<typeof schema>,
): Promise<Message> {
  if (Buffer.byteLength(content) > MAX_CONTENT_BYTES) {
    throw new PayloadTooLargeError(`content is longer than ${MAX_CONTENT_BYTES} bytes of UTF-8; send it in parts.`);
  }
  try {
    return await one<Message>(db, INSERT, [contactId, content, createdAt ?? null], 'send-message');
  } catch (error) {
    if (pgCode(error) === FOREIGN_KEY_VIOLATION) throw new NotFoundError('contact', contactId, { cause: error });
    throw error;
  }
}
