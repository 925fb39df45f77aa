import type { Contact, createContact as schema } from '@messaging/shared';
import type { z } from 'zod';
import type { Queryable } from '../connection/pool.ts';
import { one } from '../connection/sql.ts';

/** Columns of a contact in the response of a command. */
export const CONTACT_COLUMNS =
  'id, name, phone_number as "phoneNumber", created_at as "createdAt", updated_at as "updatedAt"';

/** Adds a contact. Two contacts may share a phone number. */
export function createContact(db: Queryable, { name, phoneNumber }: z.output<typeof schema>): Promise<Contact> {
  const insert = `insert into contacts (name, phone_number) values ($1, $2) returning ${CONTACT_COLUMNS}`;
  return one<Contact>(db, insert, [name, phoneNumber], 'create-contact');
}
