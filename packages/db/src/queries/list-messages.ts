import { NotFoundError, timeKey } from '@messaging/shared';
import type { z } from 'zod';
import type { Queryable } from '../connection/pool.ts';
import { maybeOne, one } from '../connection/sql.ts';
import { messageFields } from './message-fields.ts';
import {
  isDeep,
  isRange,
  type JsonPage,
  MOST_COUNTED,
  type PageRequest,
  type PageStart,
  rangeKey,
  rangeScope,
  type TimeRange,
  toPageStart,
  toPagination,
} from './page.ts';
import type { LongMessage } from './read-contents.ts';
import { newerInThread, threadLength } from './thread-length.ts';

/** Which page of a thread: as for every list, or the page that contains the message `around`. */
export interface MessagesRequest extends PageRequest, TimeRange {
  contactId: number;
  around?: number | undefined;
}

/** A page of a thread. */
export interface MessagesPage extends JsonPage {
  /** The messages of the page, if their contents are too long to be in memory together. `itemsJson` is then empty. */
  longMessages: LongMessage[] | null;
}

/** Contents above this total are not written as one text. As JSON they can be six times as long. */
const LONG_PAGE_BYTES = 524_288;

/**
 * Lists a contact's messages, newest first, ties by id descending. The memory of a page is bounded: a long page is
 * returned without the contents.
 * @throws NotFoundError for an unknown contact, and for an `around` that is not a message of this contact
 * @throws InvalidInputError for a cursor of another list
 */
export async function listMessages(db: Queryable, request: MessagesRequest): Promise<MessagesPage> {
  const { contactId, pageSize, around } = request;
  const scope = rangeScope(`messages:${contactId}`, request);
  const start = toPageStart(request, scope, timeKey);
  const row =
    around === undefined ? await readPage(db, request, start) : await readAround(db, contactId, pageSize, around);
  if (!row.contactExists) throw new NotFoundError('contact', contactId);
  const facts = {
    ...row,
    lastKey: row.lastAt === null ? null : [row.lastAt, row.lastId],
    totalIsExact: !isRange(request) || row.total <= MOST_COUNTED,
  };
  const page = row.newer === undefined ? start.page : Math.floor(row.newer / pageSize) + 1;
  const { itemsJson, longMessages = null } = row;
  return { itemsJson: itemsJson ?? '', longMessages, pagination: toPagination(facts, page, pageSize, scope) };
}

async function readPage(
  db: Queryable,
  { contactId, pageSize, ...range }: MessagesRequest,
  { after, offset }: PageStart<z.output<typeof timeKey>>,
): Promise<PageRow> {
  const [statement, values] = isRange(range)
    ? [WITHIN, [...(rangeKey(after, range) ?? [null, null]), offset, range.from ?? null, range.to ?? null]]
    : after
      ? [AFTER, after]
      : [(await isNearEnd(db, contactId, offset)) ? FROM_END : FROM_START, [offset]];
  const row = await run(db, statement, [contactId, pageSize, ...values]);
  if (!row) throw new Error('the statement of a page returned no row');
  return row;
}

/** Reads a long page again without the contents. The whole page is read again, because the thread may have changed. */
async function run(db: Queryable, { name, short, long }: PageStatement, values: unknown[]) {
  const row = await maybeOne<PageRow>(db, short, values, name);
  const isLong = row && (row.bytes ?? 0) > LONG_PAGE_BYTES;
  return isLong ? maybeOne<PageRow>(db, long, values, `${name}-long`) : row;
}

async function isNearEnd(db: Queryable, contactId: number, offset: number): Promise<boolean> {
  if (!isDeep(offset)) return false;
  const { total } = await one<{ total: number }>(db, `select ${threadLength} as total`, [contactId], 'thread-length');
  return offset > total / 2;
}

async function readAround(db: Queryable, contactId: number, pageSize: number, messageId: number): Promise<PageRow> {
  const row = await run(db, AROUND, [contactId, pageSize, messageId]);
  if (!row) throw new NotFoundError('message', messageId);
  return row;
}

interface PageRow {
  itemsJson?: string | null;
  longMessages?: LongMessage[] | null;
  /** Total length of the contents; null without rows. */
  bytes: number | null;
  hasMore: boolean;
  lastAt: string | null;
  lastId: number;
  total: number;
  contactExists: boolean;
  /** Number of messages before the `around` message. */
  newer?: number;
  [column: string]: unknown;
}

const NEWEST_FIRST = 'order by created_at desc, id desc';

interface PageStatement {
  name: string;
  short: string;
  long: string;
}

/** Null for a long page, whose contents are then not read. */
const AS_JSON = `
    case when coalesce((select bytes from size), 0) <= ${LONG_PAGE_BYTES} then (
      select '[' || coalesce(string_agg(row_to_json(item)::text, ',' order by created_at desc, shown.id desc), '') || ']'
      from shown
      cross join lateral (select ${messageFields()}) item
    ) end as "itemsJson"`;

const WITHOUT_CONTENTS = `
    (
      select coalesce(
        json_agg(
          json_build_object('bytes', octet_length(shown.content), 'item', item) order by created_at desc, shown.id desc
        ), '[]'
      )
      from shown
      cross join lateral (select ${messageFields("''")}) item
    ) as "longMessages"`;

/**
 * SQL for a page of the keys `(created_at, id)`, which an index contains. Only the rows of the page are fetched.
 * `offset 0` keeps that a probe for each row. The join includes the contact, so with partitions each probe reads one
 * partition. `octet_length` returns the length of a long content without reading it.
 */
function pageOf(
  name: string,
  keys: string,
  { hasMore = '(select count(*) from keys) > $2', before = '', more = '', length = threadLength } = {},
): PageStatement {
  const selecting = (items: string) => `
  with ${before} thread as materialized (select ${length} as length), keys as materialized (${keys}),
  shown as materialized (
    select m.*
    from (select id from keys ${NEWEST_FIRST} limit $2) k
    cross join lateral (select * from messages where id = k.id and contact_id = $1 offset 0) m
  ), last_row as (
    select created_at, id from shown order by created_at, id limit 1
  ), size as materialized (
    select sum(octet_length(content)) as bytes from shown
  )
  select${items},
    ${hasMore} as "hasMore",
    (select created_at from last_row) as "lastAt",
    (select id from last_row) as "lastId",
    (select bytes from size) as bytes,
    (select length from thread) as "total",
    exists (select from contacts where id = $1) as "contactExists"
    ${more}`;
  return { name, short: selecting(AS_JSON), long: selecting(WITHOUT_CONTENTS) };
}

const keysWhere = (where: string, order: string, limit: string) =>
  `select created_at, id from messages where contact_id = $1 ${where} ${order} ${limit}`;

const FROM_START = pageOf('list-messages', keysWhere('', NEWEST_FIRST, 'limit $2 + 1 offset $3::bigint'));
const AFTER = pageOf(
  'list-messages-after',
  keysWhere('and (created_at, id) < ($3::timestamptz, $4::bigint)', NEWEST_FIRST, 'limit $2 + 1'),
);

/** `$3` and `$4` are the key, `$5` the rows to skip, `$6` and `$7` the first and the last time. */
const WITHIN = pageOf(
  'list-messages-within',
  keysWhere(
    `and (created_at, id) < (coalesce($3::timestamptz, 'infinity'), coalesce($4::bigint, 0))
     and created_at >= coalesce($6::timestamptz, '-infinity')`,
    NEWEST_FIRST,
    'limit $2 + 1 offset $5::bigint',
  ),
  {
    length: `(select count(*) from (
      select from messages where contact_id = $1
        and created_at >= coalesce($6::timestamptz, '-infinity') and created_at < coalesce($7::timestamptz, 'infinity')
      limit ${MOST_COUNTED + 1}
    ) counted)`,
  },
);

const OLDEST_FIRST = 'order by created_at, id';
const LEFT = '((select length from thread) - $3::bigint)';
const FROM_END = pageOf(
  'list-messages-from-end',
  keysWhere('', OLDEST_FIRST, `offset greatest(0, ${LEFT} - $2) limit least($2, greatest(0, ${LEFT}))`),
  { hasMore: `${LEFT} > $2` },
);

/** The page begins so that full pages cover all messages before it. */
const AROUND = pageOf(
  'list-messages-around',
  `(${keysWhere('and (created_at, id) > (select created_at, id from anchor)', OLDEST_FIRST, 'limit (select newer % $2 from anchor)')})
   union all
   (${keysWhere('and (created_at, id) <= (select created_at, id from anchor)', NEWEST_FIRST, 'limit (select $2 - newer % $2 + 1 from anchor)')})`,
  {
    before: `anchor as materialized (
      select a.created_at, a.id, position.newer
      from messages a cross join lateral (${newerInThread('a')}) position
      where a.id = $3::bigint and a.contact_id = $1
    ),`,
    more: ', newer from anchor',
  },
);
