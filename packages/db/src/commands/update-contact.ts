import { type Contact, NotFoundError, type updateContact as schema } from '@messaging/shared';
import type { z } from 'zod';
import type { Queryable } from '../connection/pool.ts';
import { maybeOne } from '../connection/sql.ts';
import { CONTACT_COLUMNS } from './create-contact.ts';

const UPDATE = `
  update contacts
  set name = coalesce($2, name), phone_number = coalesce($3, phone_number), updated_at = now()
  where id = $1
  returning ${CONTACT_COLUMNS}`;

/** Updates the given fields of a contact and leaves the rest. @throws NotFoundError */
export async function updateContact(
  db: Queryable,
  { contactId, name, phoneNumber }: z.output<typeof schema>,
): Promise<Contact> {
  const contact = await maybeOne<Contact>(db, UPDATE, [contactId, name ?? null, phoneNumber ?? null], 'update-contact');
  if (!contact) throw new NotFoundError('contact', contactId);
  return contact;
}
