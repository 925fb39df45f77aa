import type { Contact, createContact as schema } from '@messaging/shared';
import type { z } from 'zod';
import type { Queryable } from '../connection/pool.ts';
import { one } from '../connection/sql.ts';
import { CONTACT_FIELDS } from '../queries/contact-fields.ts';
import { refuseTakenExternalId } from './external-id.ts';

const INSERT = `
  insert into contacts (name, phone_number, external_id) values ($1, $2, $3) returning ${CONTACT_FIELDS}`;

/** Adds a contact. Two contacts may share a phone number. @throws ConflictError for an `externalId` that is taken */
export function createContact(
  db: Queryable,
  { name, phoneNumber, externalId }: z.output<typeof schema>,
): Promise<Contact> {
  const insert = one<Contact>(db, INSERT, [name, phoneNumber, externalId ?? null], 'create-contact');
  return insert.catch(refuseTakenExternalId);
}
