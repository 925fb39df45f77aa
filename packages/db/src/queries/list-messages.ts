import { NotFoundError } from '@messaging/shared';
import type { Queryable } from '../pool.ts';
import { maybeOne, one } from '../sql.ts';
import { isoUtc, type JsonPage, type PageRequest, toPageStart, toPagination } from './page.ts';

/** Which page of a thread: as every list, or the one that holds the message `around`. */
export interface MessagesRequest extends PageRequest {
  contactId: number;
  around?: number | undefined;
}

/**
 * Lists a contact's messages, newest first, ties by id descending.
 * @throws NotFoundError for an unknown contact, and for an `around` that is not a message of this contact
 * @throws InvalidInputError for a cursor of another list
 */
export async function listMessages(db: Queryable, request: MessagesRequest): Promise<JsonPage> {
  const { contactId, pageSize } = request;
  const scope = `messages:${contactId}`;
  const page = request.around === undefined ? request.page : await findPageOf(db, contactId, request.around, pageSize);
  const start = toPageStart({ ...request, page }, scope);
  const row = await one<PageRow>(db, start.after ? AFTER : NUMBERED, [
    contactId,
    pageSize,
    ...(start.after ?? [start.offset]),
  ]);
  if (!row.contactExists) throw new NotFoundError('contact', contactId);
  const facts = { ...row, lastKey: row.lastAt === null ? null : [row.lastAt, row.lastId] };
  return { itemsJson: row.itemsJson, pagination: toPagination(facts, start.page, pageSize, scope) };
}

interface PageRow {
  itemsJson: string;
  hasMore: boolean;
  lastAt: string | null;
  lastId: number;
  total: number;
  contactExists: boolean;
  [column: string]: unknown;
}

async function findPageOf(db: Queryable, contactId: number, messageId: number, pageSize: number): Promise<number> {
  const found = await maybeOne<{ newer: number }>(db, NEWER_THAN, [contactId, messageId]);
  if (!found) throw new NotFoundError('message', messageId);
  return Math.floor(found.newer / pageSize) + 1;
}

const NEWER_THAN = `
  select (
    select count(*) from messages
    where contact_id = $1 and (created_at, id) > (anchor.created_at, anchor.id)
  ) as newer
  from messages anchor
  where id = $2 and contact_id = $1`;

const pageOf = (where: string, offset: string) => `
  with page as materialized (
    select *, row_number() over (order by created_at desc, id desc) as position
    from (
      select id, contact_id, content, created_at from messages
      where contact_id = $1 ${where}
      order by created_at desc, id desc
      limit $2 + 1 offset ${offset}
    ) rows
  ), last_row as (
    select created_at, id from page where position <= $2 order by position desc limit 1
  )
  select
    (
      select coalesce(json_agg(json_build_object(
        'id', id, 'contactId', contact_id, 'content', content, 'createdAt', ${isoUtc('created_at')}
      ) order by position), '[]')::text
      from page where position <= $2
    ) as "itemsJson",
    (select count(*) from page) > $2 as "hasMore",
    (select created_at from last_row) as "lastAt",
    (select id from last_row) as "lastId",
    (select count(*) from messages where contact_id = $1) as "total",
    exists (select from contacts where id = $1) as "contactExists"`;

const NUMBERED = pageOf('', '$3::bigint');
const AFTER = pageOf('and (created_at, id) < ($3::timestamptz, $4::bigint)', '0');
