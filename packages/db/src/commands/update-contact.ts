import { type Contact, NotFoundError, type updateContact as schema } from '@messaging/shared';
import type { z } from 'zod';
import type { Queryable } from '../connection/pool.ts';
import { maybeOne } from '../connection/sql.ts';
import { CONTACT_FIELDS } from '../queries/contact-fields.ts';
import { refuseTakenExternalId } from './external-id.ts';

/** Only an `externalId` can be taken away, so `$5` tells whether it is given. */
const UPDATE = `
  update contacts
  set name = coalesce($2, name), phone_number = coalesce($3, phone_number),
    external_id = case when $5::boolean then $4 else external_id end, updated_at = now()
  where id = $1
  returning ${CONTACT_FIELDS}`;

/**
 * Updates the given fields of a contact and leaves the rest.
 * @throws NotFoundError @throws ConflictError for an `externalId` that is taken
 */
export async function updateContact(
  db: Queryable,
  { contactId, name, phoneNumber, externalId }: z.output<typeof schema>,
): Promise<Contact> {
  const values = [contactId, name ?? null, phoneNumber ?? null, externalId ?? null, externalId !== undefined];
  const contact = await maybeOne<Contact>(db, UPDATE, values, 'update-contact').catch(refuseTakenExternalId);
  if (!contact) throw new NotFoundError('contact', contactId);
  return contact;
}
