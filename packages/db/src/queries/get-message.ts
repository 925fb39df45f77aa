import { type MessageDetail, NotFoundError } from '@messaging/shared';
import type { Queryable } from '../connection/pool.ts';
import { maybeOne } from '../connection/sql.ts';
import { messageFields } from './message-fields.ts';

const MESSAGE = `
  select ${messageFields()}, client_message_id as "clientMessageId" from messages where id = $1`;

/** Returns one message. @throws NotFoundError */
export async function getMessage(db: Queryable, messageId: number): Promise<MessageDetail> {
  const message = await maybeOne<MessageDetail>(db, MESSAGE, [messageId], 'get-message');
  if (!message) throw new NotFoundError('message', messageId);
  return message;
}
