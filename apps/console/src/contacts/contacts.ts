import type { Schemas } from '@messaging/client';
import { createEndlessList, type ListPage } from '../lists/endless-list.ts';
import { api, dataOf, dataOfResult } from '../session/api.ts';

export type Contact = Schemas['Contact'];

/** All contacts, by id. */
export const contacts = createEndlessList<Contact>(readPage, ({ id }) => id);

/** What can be typed about a contact. */
export interface ContactFields {
  name: string;
  phoneNumber: string;
  /** Empty for none. */
  externalId: string;
}

/** Sent again with the same key it creates nothing twice. @throws RefusedError with what is wrong with the fields */
export async function createContact({ externalId, ...fields }: ContactFields, key: string): Promise<Contact> {
  const body = { ...fields, ...(externalId === '' ? {} : { externalId }) };
  const params = { header: { 'Idempotency-Key': key } };
  const { contact } = await dataOf(api().POST('/api/commands/create-contact', { params, body }));
  return contact;
}

/** Changes what differs, so that what others have changed meanwhile stays. @throws RefusedError with what is wrong with the fields */
export async function updateContact(before: Contact, typed: ContactFields): Promise<Contact> {
  const body = {
    contactId: before.id,
    ...(typed.name === before.name ? {} : { name: typed.name }),
    ...(typed.phoneNumber === before.phoneNumber ? {} : { phoneNumber: typed.phoneNumber }),
    ...(typed.externalId === (before.externalId ?? '') ? {} : { externalId: typed.externalId || null }),
  };
  if (Object.keys(body).length === 1) return before;
  const { contact } = await dataOf(api().POST('/api/commands/update-contact', { body }));
  contacts.replace(contacts.rows.peek().map((row) => (row.id === contact.id ? contact : row)));
  return contact;
}

/** Deletes a contact with its messages. One that is gone already is no error. */
export async function deleteContact(contactId: number): Promise<void> {
  const result = await api().POST('/api/commands/delete-contact', { body: { contactId } });
  if (result.response.status !== 404) dataOfResult(result);
  contacts.replace(contacts.rows.peek().filter(({ id }) => id !== contactId));
}

async function readPage(cursor: string | undefined, signal: AbortSignal): Promise<ListPage<Contact>> {
  const query = { pageSize: 100, ...(cursor === undefined ? {} : { cursor }) };
  const { contacts: rows, pagination } = await dataOf(api().GET('/api/contacts', { params: { query }, signal }));
  return { ...pagination, rows };
}
