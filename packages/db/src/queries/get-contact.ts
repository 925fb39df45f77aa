import { type ContactDetail, NotFoundError } from '@messaging/shared';
import type { Queryable } from '../connection/pool.ts';
import { maybeOne } from '../connection/sql.ts';
import { CONTACT_FIELDS } from './contact-fields.ts';

const CONTACT = `
  select ${CONTACT_FIELDS},
    (select created_at from messages where contact_id = c.id order by created_at desc, id desc limit 1) as "lastMessageAt"
  from contacts c
  where c.id = $1`;

/** Returns one contact with the time of its newest message. @throws NotFoundError */
export async function getContact(db: Queryable, contactId: number): Promise<ContactDetail> {
  const contact = await maybeOne<ContactDetail>(db, CONTACT, [contactId]);
  if (!contact) throw new NotFoundError('contact', contactId);
  return contact;
}
