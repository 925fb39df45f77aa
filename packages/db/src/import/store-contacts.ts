import type { importedContact } from '@messaging/shared';
import type pg from 'pg';
import type { z } from 'zod';
import type { Queryable } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';
import type { StoredBatch } from './import-batch.ts';

/** A valid line of an import of contacts, with its number. */
export type ContactLine = z.output<typeof importedContact> & { line: number };

type Fields = Pick<ContactLine, 'name' | 'phoneNumber' | 'createdAt'>;

/** A contact that is known by its external id, as the lines so far make it. */
interface Known extends Fields {
  id?: number;
  isChanged: boolean;
}

/**
 * Creates contacts in the order of their lines. A line with an `externalId` that exists, in the database or in a line
 * before, changes that contact. Its `createdAt` counts if it is given.
 */
export async function storeContacts(client: pg.ClientBase, lines: ContactLine[]): Promise<StoredBatch> {
  const counts = { created: 0, updated: 0, unchanged: 0 };
  const known = await lockKnown(client, lines);
  const created: (Fields & { externalId: string | null })[] = [];
  for (const { externalId = null, name, phoneNumber, createdAt } of lines) {
    const before = externalId === null ? undefined : known.get(externalId);
    if (before === undefined) {
      const contact = { externalId, name, phoneNumber, createdAt, isChanged: false };
      created.push(contact);
      if (externalId !== null) known.set(externalId, contact);
      counts.created += 1;
    } else if (isSame(before, { name, phoneNumber, createdAt })) counts.unchanged += 1;
    else {
      Object.assign(before, { name, phoneNumber, createdAt: createdAt ?? before.createdAt, isChanged: true });
      counts.updated += 1;
    }
  }
  if (created.length > 0)
    await many(
      client,
      INSERT,
      columnsOf(created, ({ externalId }) => externalId),
      'insert-contacts',
    );
  const updated = [...known.values()].filter(({ id, isChanged }) => id !== undefined && isChanged);
  if (updated.length > 0)
    await many(
      client,
      UPDATE,
      columnsOf(updated, ({ id }) => id),
      'update-contacts',
    );
  return { counts, rejected: [] };
}

const isSame = (before: Fields, { name, phoneNumber, createdAt = before.createdAt }: Fields): boolean =>
  before.name === name && before.phoneNumber === phoneNumber && before.createdAt === createdAt;

/** Locks the contacts that the lines name by an external id, in the order in which all writers lock contacts. */
async function lockKnown(db: Queryable, lines: ContactLine[]): Promise<Map<string, Known>> {
  const externalIds = lines.flatMap(({ externalId }) => externalId ?? []);
  if (externalIds.length === 0) return new Map();
  const rows = await many<Known & { externalId: string; [column: string]: unknown }>(
    db,
    LOCK,
    [externalIds],
    'lock-contacts',
  );
  return new Map(rows.map(({ externalId, ...contact }) => [externalId, { ...contact, isChanged: false }]));
}

const columnsOf = <Row extends Fields>(rows: Row[], key: (row: Row) => unknown): unknown[] => [
  rows.map(key),
  rows.map(({ name }) => name),
  rows.map(({ phoneNumber }) => phoneNumber),
  rows.map(({ createdAt }) => createdAt ?? null),
];

const LOCK = `
  select id, external_id as "externalId", name, phone_number as "phoneNumber", created_at as "createdAt"
  from contacts where external_id = any($1::text[]) order by id for no key update`;

/** Ids in the order of the lines. Rows in the order of the external ids, so that no two imports wait for each other. */
const INSERT = `
  insert into contacts (id, external_id, name, phone_number, created_at)
  select id, external_id, name, phone_number, coalesce(created_at, now())
  from (
    select nextval(pg_get_serial_sequence('contacts', 'id')) as id, sorted.*
    from (
      select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
        with ordinality as line (external_id, name, phone_number, created_at, position)
      order by position
      offset 0
    ) sorted
  ) numbered
  order by external_id`;

const UPDATE = `
  update contacts
  set name = changed.name, phone_number = changed.phone_number, created_at = coalesce(changed.created_at, contacts.created_at),
    updated_at = now()
  from unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[]) as changed (id, name, phone_number, created_at)
  where contacts.id = changed.id`;
