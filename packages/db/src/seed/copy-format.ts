import { escapeField } from '../connection/copy.ts';
import type { ContactRow, MessageRow } from './generate.ts';

/** Columns of `contacts` in the order of `contactLine`. */
export const CONTACT_COLUMNS = 'id, external_id, name, phone_number, created_at, updated_at';

/** Columns of `messages` in the order of `messageLine`. */
export const MESSAGE_COLUMNS = 'id, contact_id, content, created_at, direction';

/** One row of `copy contacts … from stdin` in text format. */
export function contactLine({ id, externalId, name, phoneNumber, createdAt, updatedAt }: ContactRow): string {
  return `${id}\t${externalId ?? '\\N'}\t${escapeField(name)}\t${escapeField(phoneNumber)}\t${createdAt}\t${updatedAt}\n`;
}

/** One row of `copy messages … from stdin` in text format. */
export function messageLine({ id, contactId, content, createdAt, direction }: MessageRow): string {
  return `${id}\t${contactId}\t${escapeField(content)}\t${createdAt}\t${direction}\n`;
}
