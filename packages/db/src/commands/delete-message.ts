import { NotFoundError, type deleteMessage as schema } from '@messaging/shared';
import type { z } from 'zod';
import type { Queryable } from '../connection/pool.ts';
import { maybeOne } from '../connection/sql.ts';

/** Deletes a message. Once it resolves, no later read shows or finds the message. @throws NotFoundError */
export async function deleteMessage(db: Queryable, { messageId }: z.output<typeof schema>): Promise<void> {
  const deleted = await maybeOne(db, 'delete from messages where id = $1 returning id', [messageId], 'delete-message');
  if (!deleted) throw new NotFoundError('message', messageId);
}
