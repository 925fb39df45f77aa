import { NotFoundError, type deleteContact as schema } from '@messaging/shared';
import type { z } from 'zod';
import type { Queryable } from '../connection/pool.ts';
import { maybeOne } from '../connection/sql.ts';

/** Deletes a contact and all its messages. @throws NotFoundError */
export async function deleteContact(db: Queryable, { contactId }: z.output<typeof schema>): Promise<void> {
  const deleted = await maybeOne(db, 'delete from contacts where id = $1 returning id', [contactId], 'delete-contact');
  if (!deleted) throw new NotFoundError('contact', contactId);
}
