import { once } from 'node:events';
import { UnavailableError } from '@messaging/shared';
import { to as copyTo } from 'pg-copy-streams';
import { translatePgError } from '../connection/pg-errors.ts';
import type { Pool } from '../connection/pool.ts';
import { isoUtc } from '../queries/page.ts';

/** Rows with ids above `after`. */
export interface ExportRange {
  after: number;
}

/** Takes lines of JSON, as slowly as it likes, and resolves when it has them all. */
export type SendLines = (lines: NodeJS.ReadableStream) => Promise<void>;

/**
 * Sends all contacts in the order of their ids, in the line format of import-contacts, as of one moment. A contact without an
 * external id gets one of its id.
 * @throws UnavailableError while as many exports run as there are connections, and what `send` throws
 */
export function exportContacts(pool: Pool, { after }: ExportRange, send: SendLines): Promise<void> {
  return sendLines(
    pool,
    `select json_strip_nulls(row_to_json(line))
     from contacts c
     cross join lateral (
       select ${EXTERNAL_ID} as "externalId", c.name, c.phone_number as "phoneNumber", ${isoUtc('c.created_at')} as "createdAt"
     ) line
     where c.id > ${integer(after)}
     order by c.id`,
    send,
  );
}

/**
 * Sends all messages, or those of a contact, in the order of their ids, in the line format of import-messages, as of one moment.
 * @throws UnavailableError while as many exports run as there are connections, and what `send` throws
 */
export function exportMessages(
  pool: Pool,
  { after, contactId }: ExportRange & { contactId?: number | undefined },
  send: SendLines,
): Promise<void> {
  return sendLines(
    pool,
    `select json_strip_nulls(row_to_json(line))
     from messages m
     cross join lateral (
       select (select ${EXTERNAL_ID} from contacts c where c.id = m.contact_id) as "contactExternalId", m.content,
         m.direction, ${isoUtc('m.created_at')} as "createdAt", m.client_message_id as "clientMessageId"
     ) line
     where m.id > ${integer(after)} ${contactId === undefined ? '' : `and m.contact_id = ${integer(contactId)}`}
     order by m.id`,
    send,
  );
}

/**
 * `contact-<id>` for a contact without an external id, or, if another contact is called so, the same with as many `-` as make it
 * unique.
 */
const EXTERNAL_ID = `coalesce(c.external_id, case
  when not exists (select from contacts o where o.external_id = 'contact-' || c.id) then 'contact-' || c.id
  else (
    select free.name
    from generate_series(1, 190) as n
    cross join lateral (select 'contact-' || c.id || repeat('-', n) as name) free
    where not exists (select from contacts o where o.external_id = free.name)
    order by n limit 1
  )
end)`;

/** COPY takes no parameters. */
function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError('not an integer');
  return String(value);
}

/**
 * Streams one COPY, which has one snapshot and holds no more than a buffer. In JSON no control character stands for itself: so
 * with these as quote and delimiter, CSV is the plain text of each line.
 */
async function sendLines(pool: Pool, select: string, send: SendLines): Promise<void> {
  if (pool.totalCount - pool.idleCount >= (pool.options.max ?? 0)) {
    throw new UnavailableError('As many exports are running as can run at a time; try again later.');
  }
  const client = await pool.connect().catch((error: unknown) => {
    throw translatePgError(error);
  });
  let succeeded = false;
  try {
    const lines = client.query(copyTo(`copy (${select}) to stdout (format csv, quote e'\\x01', delimiter e'\\x02')`));
    await once(lines, 'readable'); // also where there is no line; what fails before is not half an export
    await send(lines);
    succeeded = true;
  } catch (error) {
    throw translatePgError(error);
  } finally {
    client.release(!succeeded); // one in the middle of a COPY cannot be used again
  }
}
