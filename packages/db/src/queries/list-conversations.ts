import type { Queryable } from '../pool.ts';
import { one } from '../sql.ts';
import { VIEW_STATUS_COLUMNS, type ViewStatus } from './get-view-status.ts';
import { mergedConversations, NEWEST_FIRST } from './merged-conversations.ts';
import { isoUtc, type JsonPage, type PageRequest, type PageStart, toPageStart, toPagination } from './page.ts';

const SCOPE = 'conversations';

/** A page of conversations, newest last message first, ties by contact id descending; `match` is null in each. */
export interface ConversationsJsonPage extends JsonPage {
  view: ViewStatus;
}

/**
 * Lists conversations by their newest message. Sees every write that was committed before the call: pending changes
 * are merged over the view, each side read in index order. @throws InvalidInputError for a cursor of another list
 */
export async function listConversations(db: Queryable, request: PageRequest): Promise<ConversationsJsonPage> {
  const { pageSize } = request;
  const start = toPageStart(request, SCOPE);
  const row = await one<PageRow>(db, start.after ? AFTER : NUMBERED, [pageSize, ...startValues(start)]);
  const facts = { ...row, lastKey: row.lastAt === null ? null : [row.lastAt, row.lastContactId] };
  return {
    itemsJson: row.itemsJson,
    pagination: toPagination(facts, start.page, pageSize, SCOPE),
    view: { refreshedAt: row.refreshedAt, pendingChanges: row.pendingChanges },
  };
}

interface PageRow {
  itemsJson: string;
  hasMore: boolean;
  lastAt: string | null;
  lastContactId: number;
  total: number;
  refreshedAt: string | null;
  pendingChanges: number;
  [column: string]: unknown;
}

/** What the page's statement takes after the page size: the key to go on after, or the rows to pass over. */
function startValues({ after, offset }: PageStart): unknown[] {
  return after ?? [offset];
}

const page = (where: string, limit: string, offset: string) => `
  with page as materialized (
    select *, row_number() over (${NEWEST_FIRST}) as position
    from (
      select * from (${mergedConversations({ where, limit })}) merged ${NEWEST_FIRST} limit $1 + 1 offset ${offset}
    ) rows
  ), last_row as (
    select last_message_at, contact_id from page where position <= $1 order by position desc limit 1
  )
  select
    (
      select coalesce(json_agg(json_build_object(
        'contactId', contact_id,
        'name', name,
        'phoneNumber', phone_number,
        'lastMessage', json_build_object('id', last_message_id, 'preview', preview, 'createdAt', ${isoUtc('last_message_at')}),
        'match', null
      ) order by position), '[]')::text
      from page where position <= $1
    ) as "itemsJson",
    (select count(*) from page) > $1 as "hasMore",
    (select last_message_at from last_row) as "lastAt",
    (select contact_id from last_row) as "lastContactId",
    (select count(*) from recent_conversations)
      - (select count(*) from conversation_changes join recent_conversations using (contact_id))
      + (select count(*) from conversation_changes where last_message_at is not null) as "total",
    ${VIEW_STATUS_COLUMNS}`;

const NUMBERED = page('', '$1 + 1 + $2::bigint', '$2::bigint');
const AFTER = page('and (last_message_at, contact_id) < ($2::timestamptz, $3::bigint)', '$1 + 1', '0');
