import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { importedMessage } from '@messaging/shared';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { z } from 'zod';
import { escapeField, toCopyChunks } from '../connection/copy.ts';
import { pgCode, translatePgError } from '../connection/pg-errors.ts';
import type { Queryable } from '../connection/pool.ts';
import { many, one } from '../connection/sql.ts';
import { transaction } from '../connection/transaction.ts';

/** A valid line of an import, with its number. */
export type ImportLine = z.output<typeof importedMessage> & { line: number };

/** The result of a batch. */
export interface ImportedBatch {
  imported: number;
  duplicates: number;
  rejected: { line: number; message: string }[];
}

/**
 * Others may delete its contacts or import the same messages at the same time. The batch that loses a conflict is
 * retried.
 */
const ATTEMPTS = 5;
const CONFLICTS = new Set([
  '23503' /* a contact was deleted meanwhile */,
  '23505' /* unique violation */,
  '40001' /* serialization failure */,
  '40P01' /* deadlock */,
]);

/** Additional work in the transaction of a batch. It runs again when the batch is retried. */
export interface AroundBatch {
  before: (db: Queryable) => Promise<void>;
  after: (db: Queryable, stored: ImportedBatch) => Promise<void>;
}

/**
 * Stores messages in one transaction and keeps the order within each contact. It leaves out messages whose contact does
 * not exist, and those whose `clientMessageId` already exists for the contact. No one else may use `client` meanwhile.
 * @throws UnavailableError when nothing was stored, and what `around` throws
 */
export async function importBatch(
  client: pg.ClientBase,
  lines: ImportLine[],
  around?: AroundBatch,
): Promise<ImportedBatch> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction(client, async () => {
        await around?.before(client);
        const stored = await storeBatch(client, lines);
        await around?.after(client, stored);
        return stored;
      });
    } catch (error) {
      const code = pgCode(error) ?? pgCode((error as Error).cause);
      if (attempt === ATTEMPTS || !code || !CONFLICTS.has(code)) throw translatePgError(error);
    }
  }
}

async function storeBatch(client: pg.ClientBase, lines: ImportLine[]): Promise<ImportedBatch> {
  if (lines.length === 0) return { imported: 0, duplicates: 0, rejected: [] };
  const known = await findContacts(client, lines);
  const taken = await listTakenIds(client, lines);
  const { now } = await one<{ now: string }>(client, 'select now()::text as now');
  const rejected: ImportedBatch['rejected'] = [];
  const stored: ImportLine[] = [];
  for (const line of lines) {
    if (!known.has(line.contactId))
      rejected.push({ line: line.line, message: `There is no contact ${line.contactId}.` });
    else if (line.clientMessageId === undefined) stored.push(line);
    else if (!taken.has(idOf(line))) {
      taken.add(idOf(line));
      stored.push(line);
    }
  }
  // Contact by contact, each in its order. Rows that are written together are close together in every index.
  stored.sort((a, b) => a.contactId - b.contactId);
  if (stored.length > 0) await copy(client, stored, now);
  return { imported: stored.length, duplicates: lines.length - stored.length - rejected.length, rejected };
}

/** Returns the contacts that exist. They are not locked here, because the foreign key locks them for each row. */
async function findContacts(db: Queryable, lines: ImportLine[]): Promise<Set<number>> {
  const contacts = await many<{ id: number }>(
    db,
    'select id from contacts where id = any($1::bigint[])',
    [[...new Set(lines.map(({ contactId }) => contactId))]],
    'find-contacts',
  );
  return new Set(contacts.map(({ id }) => id));
}

const idOf = ({ contactId, clientMessageId }: Pick<ImportLine, 'contactId' | 'clientMessageId'>): string =>
  `${contactId} ${clientMessageId}`;

async function listTakenIds(db: Queryable, lines: ImportLine[]): Promise<Set<string>> {
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

async function copy(client: pg.ClientBase, lines: ImportLine[], now: string): Promise<void> {
  const toRow = ({ contactId, content, createdAt = now, clientMessageId }: ImportLine): string => {
    const name = clientMessageId === undefined ? '\\N' : escapeField(clientMessageId);
    return `${contactId}\t${escapeField(content)}\t${createdAt}\t${name}\n`;
  };
  const target = client.query(
    copyFrom('copy messages (contact_id, content, created_at, client_message_id) from stdin'),
  );
  await pipeline(Readable.from(toCopyChunks(lines, toRow)), target);
}
