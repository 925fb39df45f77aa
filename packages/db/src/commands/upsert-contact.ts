import type { Contact, upsertContact as schema, upsertContactAnswer } from '@messaging/shared';
import { UnavailableError } from '@messaging/shared';
import type { z } from 'zod';
import type { Queryable } from '../connection/pool.ts';
import { maybeOne } from '../connection/sql.ts';
import { CONTACT_FIELDS } from '../queries/contact-fields.ts';

/** Between the two statements the contact can be deleted, or one created. */
const ATTEMPTS = 5;

/** Returns no row for a contact that is as wanted. A row that was inserted has no `xmax`: no transaction has replaced it. */
const UPSERT = `
  insert into contacts (external_id, name, phone_number) values ($1, $2, $3)
  on conflict (external_id) where external_id is not null do update set
    name = excluded.name, phone_number = excluded.phone_number, updated_at = now()
  where (contacts.name, contacts.phone_number) is distinct from (excluded.name, excluded.phone_number)
  returning ${CONTACT_FIELDS}, xmax = 0 as "isNew"`;

const FIND = `select ${CONTACT_FIELDS} from contacts where external_id = $1 and name = $2 and phone_number = $3`;

/** Creates the contact with an external id, or changes its name and phone number. Repeating it changes nothing. */
export async function upsertContact(
  db: Queryable,
  { externalId, name, phoneNumber }: z.output<typeof schema>,
): Promise<z.output<typeof upsertContactAnswer>> {
  const values = [externalId, name, phoneNumber];
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const written = await maybeOne<Contact & { isNew: boolean }>(db, UPSERT, values, 'upsert-contact');
    if (written) {
      const { isNew, ...contact } = written;
      return { contact, outcome: isNew ? 'created' : 'updated' };
    }
    const contact = await maybeOne<Contact>(db, FIND, values, 'find-upserted-contact');
    if (contact) return { contact, outcome: 'unchanged' };
  }
  throw new UnavailableError('Others are writing this contact; try again shortly.');
}
