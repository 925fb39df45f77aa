import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { importedMessage } from '@messaging/shared';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { z } from 'zod';
import { escapeField, toCopyChunks } from '../connection/copy.ts';
import type { Queryable } from '../connection/pool.ts';
import { many, one } from '../connection/sql.ts';
import type { StoredBatch } from './import-batch.ts';

/** A valid line of an import of messages, with its number. */
export type MessageLine = z.output<typeof importedMessage> & { line: number };

/** A message of a contact that exists. */
type NewMessage = MessageLine & { contactId: number };

/**
 * Stores messages in the order of their lines. It leaves out messages whose contact does not exist, and those whose
 * `clientMessageId` already exists for the contact.
 */
export async function storeMessages(client: pg.ClientBase, lines: MessageLine[]): Promise<StoredBatch> {
  if (lines.length === 0) return { counts: { imported: 0, duplicates: 0 }, rejected: [] };
  const rejected: StoredBatch['rejected'] = [];
  const addressed: NewMessage[] = [];
  const contactIdOf = await findContacts(client, lines);
  for (const line of lines) {
    const contactId = contactIdOf(line);
    if (contactId === undefined) rejected.push({ line: line.line, message: noContact(line) });
    else addressed.push({ ...line, contactId });
  }
  const stored = withoutTaken(addressed, await listTakenIds(client, addressed));
  if (stored.length > 0) await copy(client, stored);
  return { counts: { imported: stored.length, duplicates: addressed.length - stored.length }, rejected };
}

const noContact = ({ contactId, contactExternalId }: MessageLine): string =>
  contactId === undefined
    ? `There is no contact with the externalId ${JSON.stringify(contactExternalId)}.`
    : `There is no contact ${contactId}.`;

/** Returns how to tell the contact of a line. Contacts are not locked here, because the foreign key locks them for each row. */
async function findContacts(db: Queryable, lines: MessageLine[]): Promise<(line: MessageLine) => number | undefined> {
  const ids = new Set(lines.flatMap(({ contactId }) => contactId ?? []));
  const externalIds = new Set(lines.flatMap(({ contactExternalId }) => contactExternalId ?? []));
  const known = new Set<number>();
  const named = new Map<string, number>();
  if (ids.size > 0) {
    const rows = await many<{ id: number }>(db, FIND, [[...ids]], 'find-contacts');
    for (const { id } of rows) known.add(id);
  }
  if (externalIds.size > 0) {
    const rows = await many<{ id: number; externalId: string }>(
      db,
      FIND_NAMED,
      [[...externalIds]],
      'find-named-contacts',
    );
    for (const { id, externalId } of rows) named.set(externalId, id);
  }
  return ({ contactId, contactExternalId = '' }) =>
    contactId === undefined ? named.get(contactExternalId) : known.has(contactId) ? contactId : undefined;
}

const FIND = 'select id from contacts where id = any($1::bigint[])';
const FIND_NAMED = 'select id, external_id as "externalId" from contacts where external_id = any($1::text[])';

const idOf = ({ contactId, clientMessageId }: Pick<NewMessage, 'contactId' | 'clientMessageId'>): string =>
  `${contactId} ${clientMessageId}`;

async function listTakenIds(db: Queryable, lines: NewMessage[]): Promise<Set<string>> {
  const named = lines.filter(({ clientMessageId }) => clientMessageId !== undefined);
  if (named.length === 0) return new Set();
  const rows = await many<{ contactId: number; clientMessageId: string }>(
    db,
    `select contact_id as "contactId", client_message_id as "clientMessageId"
     from messages
     join unnest($1::bigint[], $2::text[]) as sent (contact_id, client_message_id) using (contact_id, client_message_id)`,
    [named.map(({ contactId }) => contactId), named.map(({ clientMessageId }) => clientMessageId)],
    'taken-client-message-ids',
  );
  return new Set(rows.map(idOf));
}

/** The first line with each `clientMessageId` that is not taken, and all without one. */
function withoutTaken(lines: NewMessage[], taken: Set<string>): NewMessage[] {
  return lines.filter((line) => {
    if (line.clientMessageId === undefined) return true;
    const isNew = !taken.has(idOf(line));
    taken.add(idOf(line));
    return isNew;
  });
}

/**
 * The ids are in the order of the lines, so that an export has the order of what was imported. The rows are written contact
 * by contact, each in its order: rows that are written together are close together in every index.
 */
async function copy(client: pg.ClientBase, lines: NewMessage[]): Promise<void> {
  const { now, ids } = await one<{ now: string; ids: string[] }>(
    client,
    NOW_AND_IDS,
    [lines.length],
    'new-message-ids',
  );
  const rows = lines
    .map((line, index) => ({ ...line, id: ids[index] as string }))
    .sort((a, b) => a.contactId - b.contactId);
  const toRow = ({ id, contactId, content, createdAt = now, clientMessageId, direction }: (typeof rows)[0]) => {
    const name = clientMessageId === undefined ? NULL : escapeField(clientMessageId);
    return `${id}\t${contactId}\t${escapeField(content)}\t${createdAt}\t${name}\t${direction ?? NULL}\n`;
  };
  const target = client.query(
    copyFrom('copy messages (id, contact_id, content, created_at, client_message_id, direction) from stdin'),
  );
  await pipeline(Readable.from(toCopyChunks(rows, toRow)), target);
}

const NULL = '\\N';

/** Text, because the driver would parse each number. */
const NOW_AND_IDS = `
  select now()::text as now,
    array(select nextval(pg_get_serial_sequence('messages', 'id')) from generate_series(1, $1::integer))::text[] as ids`;
