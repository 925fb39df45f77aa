import { isoUtc } from './page.ts';

/** SQL for the fields of a contact in a response. */
export const CONTACT_FIELDS = `
  id, external_id as "externalId", name, phone_number as "phoneNumber", ${isoUtc('created_at')} as "createdAt",
  ${isoUtc('updated_at')} as "updatedAt"`;
