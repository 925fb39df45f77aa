import { timeKey } from '@messaging/shared';
import type { Queryable } from '../connection/pool.ts';
import { one } from '../connection/sql.ts';
import { VIEW_STATUS_COLUMNS, type ViewStatus } from './get-view-status.ts';
import { getListSize, listSize } from './list-size.ts';
import { mergedConversations, mergedKeys, NEWEST_FIRST } from './merged-conversations.ts';
import { isDeep, isoUtc, type JsonPage, type PageRequest, toPageStart, toPagination } from './page.ts';
import { SNAPSHOT } from './snapshot.ts';

const SCOPE = 'conversations';

/** A page of conversations: newest last message first, ties by contact id descending. `match` is null in each. */
export interface ConversationsJsonPage extends JsonPage {
  view: ViewStatus;
  /** Identifies the transactions that the page has seen: see isUnchangedSince. */
  snapshot: string;
}

/**
 * Lists conversations by their newest message. Sees every write that was committed before the call: pending changes are
 * merged over the view, and each side is read in index order.
 * @throws InvalidInputError for a cursor of another list
 */
export async function listConversations(db: Queryable, request: PageRequest): Promise<ConversationsJsonPage> {
  const { pageSize } = request;
  const start = toPageStart(request, SCOPE, timeKey);
  const [text, name, values] = start.after
    ? [AFTER, 'list-conversations-after', start.after]
    : [...(await numbered(db, start.offset)), [start.offset]];
  const row = await one<PageRow>(db, text, [pageSize, ...values], name);
  const facts = { ...row, lastKey: row.lastAt === null ? null : [row.lastAt, row.lastContactId] };
  return {
    itemsJson: row.itemsJson,
    pagination: toPagination(facts, start.page, pageSize, SCOPE),
    view: { refreshedAt: row.refreshedAt, pendingChanges: row.pendingChanges },
    snapshot: row.snapshot,
  };
}

/** The statement for a page by number. A deep page finds its keys first, from the nearer end. */
async function numbered(db: Queryable, offset: number): Promise<[string, string | undefined]> {
  if (!isDeep(offset)) return [NUMBERED, 'list-conversations'];
  const total = await getListSize(db, 'conversations');
  return [offset > total / 2 ? DEEP_FROM_END : DEEP_FROM_START, undefined];
}

interface PageRow {
  snapshot: string;
  itemsJson: string;
  hasMore: boolean;
  lastAt: string | null;
  lastContactId: number;
  total: number;
  refreshedAt: string | null;
  pendingChanges: number;
  [column: string]: unknown;
}

/** SQL that turns the relation `rows` into a page. `rows` has one row more than the page if there are more. */
const pageOf = (rows: string, hasMore = '(select count(*) from page) > $1') => `
  with page as materialized (
    select *, row_number() over (${NEWEST_FIRST}) as position from (${rows}) rows
  ), last_row as (
    select last_message_at, contact_id from page where position <= $1 order by position desc limit 1
  )
  select
    ${SNAPSHOT} as snapshot,
    (
      select '[' || coalesce(string_agg(row_to_json(item)::text, ',' order by position), '') || ']'
      from page
      cross join lateral (
        select contact_id as "contactId", name, phone_number as "phoneNumber", (
          select row_to_json(last_message)
          from (select last_message_id as id, preview, ${isoUtc('last_message_at')} as "createdAt") last_message
        ) as "lastMessage", null as match
      ) item
      where position <= $1
    ) as "itemsJson",
    ${hasMore} as "hasMore",
    (select last_message_at from last_row) as "lastAt",
    (select contact_id from last_row) as "lastContactId",
    ${listSize('conversations')} as "total",
    ${VIEW_STATUS_COLUMNS}`;

const NUMBERED = pageOf(`
  select * from (${mergedConversations({ limit: '$1 + 1 + $2::bigint' })}) merged ${NEWEST_FIRST} offset $2::bigint`);

const AFTER = pageOf(
  mergedConversations({ where: 'and (last_message_at, contact_id) < ($2::timestamptz, $3::bigint)', limit: '$1 + 1' }),
);

/** The rows of the given keys. If a contact has a pending change, its row comes from the change. */
const rowsOf = (keys: string) => `
  select keys.contact_id, coalesce(c.name, v.name) as name, coalesce(c.phone_number, v.phone_number) as phone_number,
    coalesce(c.last_message_id, v.last_message_id) as last_message_id, coalesce(c.preview, v.preview) as preview,
    keys.last_message_at
  from (${keys}) keys
  left join lateral (select * from conversation_changes where contact_id = keys.contact_id offset 0) c on true
  left join lateral (select * from recent_conversations where contact_id = keys.contact_id offset 0) v on true`;

const DEEP_FROM_START = pageOf(
  rowsOf(`select * from (${mergedKeys('desc', '$1 + 1 + $2::bigint')}) merged offset $2::bigint`),
);

const FROM_END = `${listSize('conversations')} - $2::bigint`;
const DEEP_FROM_END = pageOf(
  rowsOf(`
    select * from (${mergedKeys('asc', `greatest(0, ${FROM_END})`)}) merged
    offset greatest(0, ${FROM_END} - $1) limit least($1, greatest(0, ${FROM_END}))`),
  `${FROM_END} > $1`,
);
