import { timeKey } from '@messaging/shared';
import type { Queryable } from '../connection/pool.ts';
import { one } from '../connection/sql.ts';
import { CONVERSATION_COLUMNS, CONVERSATION_FIELDS } from './conversation-columns.ts';
import { VIEW_STATUS_COLUMNS, type ViewStatus } from './get-view-status.ts';
import { getListSize, listSize } from './list-size.ts';
import { mergedConversations, mergedKeys, NEWEST_FIRST, UNCHANGED } from './merged-conversations.ts';
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
import { SERVER_START, SNAPSHOT } from './snapshot.ts';

const SCOPE = 'conversations';

/** A page of conversations: newest last message first, ties by contact id descending. `match` is null in each. */
export interface ConversationsJsonPage extends JsonPage {
  view: ViewStatus;
  /** See isUnchangedSince. */
  serverStart: string;
}

/**
 * Lists conversations by their newest message. Sees every write that was committed before the call: pending changes are
 * merged over the view, and each side is read in index order.
 * @throws InvalidInputError for a cursor of another list
 */
export async function listConversations(
  db: Queryable,
  request: PageRequest & TimeRange,
): Promise<ConversationsJsonPage> {
  const { pageSize } = request;
  const scope = rangeScope(SCOPE, request);
  const start = toPageStart(request, scope, timeKey);
  const [text, name, values] = await statementFor(db, start, request);
  const row = await one<PageRow>(db, text, [pageSize, ...values], name);
  const facts = {
    ...row,
    lastKey: row.lastAt === null ? null : [row.lastAt, row.lastContactId],
    totalIsExact: !isRange(request) || row.total <= MOST_COUNTED,
  };
  return {
    itemsJson: row.itemsJson,
    pagination: toPagination(facts, start.page, pageSize, scope),
    view: { refreshedAt: row.refreshedAt, pendingChanges: row.pendingChanges },
    snapshot: row.snapshot,
    serverStart: row.serverStart,
  };
}

async function statementFor(
  db: Queryable,
  { after, offset }: PageStart<[string, number]>,
  range: TimeRange,
): Promise<[string, string | undefined, unknown[]]> {
  if (isRange(range)) {
    const [lastAt = null, contactId = null] = rangeKey(after, range) ?? [];
    return [WITHIN, 'list-conversations-within', [lastAt, contactId, offset, range.from ?? null, range.to ?? null]];
  }
  if (after) return [AFTER, 'list-conversations-after', after];
  return [...(await numbered(db, offset)), [offset]];
}

/** The statement for a page by number. A deep page finds its keys first, from the nearer end. */
async function numbered(db: Queryable, offset: number): Promise<[string, string | undefined]> {
  if (!isDeep(offset)) return [NUMBERED, 'list-conversations'];
  const total = await getListSize(db, 'conversations');
  return [offset > total / 2 ? DEEP_FROM_END : DEEP_FROM_START, undefined];
}

interface PageRow {
  snapshot: string;
  serverStart: string;
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
const pageOf = (rows: string, hasMore = '(select count(*) from page) > $1', total = listSize('conversations')) => `
  with page as materialized (
    select *, row_number() over (${NEWEST_FIRST}) as position from (${rows}) rows
  ), last_row as (
    select last_message_at, contact_id from page where position <= $1 order by position desc limit 1
  )
  select
    ${SNAPSHOT} as snapshot,
    ${SERVER_START} as "serverStart",
    (
      select '[' || coalesce(string_agg(row_to_json(item)::text, ',' order by position), '') || ']'
      from page
      cross join lateral (
        select ${CONVERSATION_FIELDS}, null as match
      ) item
      where position <= $1
    ) as "itemsJson",
    ${hasMore} as "hasMore",
    (select last_message_at from last_row) as "lastAt",
    (select contact_id from last_row) as "lastContactId",
    ${total} as "total",
    ${VIEW_STATUS_COLUMNS}`;

const NUMBERED = pageOf(`
  select * from (${mergedConversations({ limit: '$1 + 1 + $2::bigint' })}) merged ${NEWEST_FIRST} offset $2::bigint`);

const AFTER = pageOf(
  mergedConversations({ where: 'and (last_message_at, contact_id) < ($2::timestamptz, $3::bigint)', limit: '$1 + 1' }),
);

/** Without a key, the comparison is with one that is later than all, so that it stays an index condition. */
const SINCE_KEY = `
  and (last_message_at, contact_id) < (coalesce($2::timestamptz, 'infinity'), coalesce($3::bigint, 0))
  and last_message_at >= coalesce($5::timestamptz, '-infinity')`;
const IN_RANGE = `
  last_message_at >= coalesce($5::timestamptz, '-infinity') and last_message_at < coalesce($6::timestamptz, 'infinity')
  limit ${MOST_COUNTED + 1}`;

/** `$2` and `$3` are the key, `$4` the rows to skip, `$5` and `$6` the first and the last time. */
const WITHIN = pageOf(
  `select * from (${mergedConversations({ where: SINCE_KEY, limit: '$1 + 1 + $4::bigint' })}) merged
   ${NEWEST_FIRST} offset $4::bigint`,
  undefined,
  `(
    select count(*) from (
      (select from conversation_changes where ${IN_RANGE})
      union all
      (select from recent_conversations v where ${UNCHANGED} and ${IN_RANGE})
      limit ${MOST_COUNTED + 1}
    ) counted
  )`,
);

/** The rows of the given keys. If a contact has a pending change, its row comes from the change. */
const rowsOf = (keys: string) => `
  select found.*
  from (${keys}) keys
  cross join lateral (
    select ${CONVERSATION_COLUMNS} from conversation_changes where contact_id = keys.contact_id
    union all
    select ${CONVERSATION_COLUMNS} from recent_conversations v where contact_id = keys.contact_id and ${UNCHANGED}
    offset 0
  ) found`;

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
