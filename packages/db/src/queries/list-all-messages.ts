import { timeKey } from '@messaging/shared';
import type { Queryable } from '../connection/pool.ts';
import { one } from '../connection/sql.ts';
import { LISTED_MESSAGE } from './listed-message.ts';
import {
  type JsonPage,
  MOST_COUNTED,
  type PageRequest,
  rangeKey,
  type TimeRange,
  toPageStart,
  toPagination,
} from './page.ts';
import { SNAPSHOT } from './snapshot.ts';

/** Which messages of all contacts are requested. */
export interface AllMessagesRequest extends PageRequest, TimeRange {
  contactId?: number | undefined;
  direction?: 'inbound' | 'outbound' | undefined;
}

/**
 * Lists the messages of all contacts, or those that the filters leave, newest first, ties by id descending.
 * @throws InvalidInputError for a cursor of another list
 */
export async function listAllMessages(db: Queryable, request: AllMessagesRequest): Promise<JsonPage> {
  const { pageSize, contactId, direction, from, to } = request;
  const scope = allMessagesScope(request);
  const start = toPageStart(request, scope, timeKey);
  const [text, name] = contactId === undefined ? ALL[direction ?? 'any'] : OF_CONTACT;
  const [lastAt = null, lastId = null] = rangeKey(start.after, request) ?? [];
  const values = [pageSize, start.offset, lastAt, lastId, from ?? null, to ?? null];
  const filters = contactId === undefined ? [] : [contactId, direction ?? null];
  const row = await one<PageRow>(db, text, [...values, ...filters], name);
  const facts = {
    ...row,
    lastKey: row.lastAt === null ? null : [row.lastAt, row.lastId],
    totalIsExact: row.total <= MOST_COUNTED,
  };
  const { itemsJson, snapshot } = row;
  return { itemsJson, snapshot, pagination: toPagination(facts, start.page, pageSize, scope) };
}

/** The name of the list: a cursor of it is of no other list. */
export const allMessagesScope = ({ contactId, direction, from, to }: AllMessagesRequest, term = ''): string =>
  `all-messages:${[contactId, direction, from, to, term].map((value) => value ?? '').join(':')}`;

interface PageRow {
  snapshot: string;
  itemsJson: string;
  hasMore: boolean;
  lastAt: string | null;
  lastId: number;
  total: number;
  [column: string]: unknown;
}

const NEWEST_FIRST = 'order by created_at desc, id desc';

/** `$3` and `$4` are the key, `$5` and `$6` the first and the last time. */
const AFTER = `
  (created_at, id) < (coalesce($3::timestamptz, 'infinity'), coalesce($4::bigint, 0))
  and created_at >= coalesce($5::timestamptz, '-infinity')`;
const IN_RANGE = `
  created_at >= coalesce($5::timestamptz, '-infinity') and created_at < coalesce($6::timestamptz, 'infinity')`;

/** The rows are read in index order and merged. Only those of the page are fetched with their contents. */
function pageOf(conditions: string[], order: string): string {
  const read = (columns: string, where: string, limit: string) =>
    conditions.map((condition) => `(select ${columns} from messages where ${condition} and ${where} ${limit})`);
  const keys = read('created_at, id', AFTER, `${order} limit $1 + 1 + $2::bigint`).join(' union all ');
  const counted = read('', IN_RANGE, `limit ${MOST_COUNTED + 1}`).join(' union all ');
  return `
  with keys as materialized (
    select * from (${keys}) merged ${NEWEST_FIRST} limit $1 + 1 offset $2::bigint
  ), shown as materialized (
    select ${LISTED_MESSAGE.columns}
    from (select id from keys ${NEWEST_FIRST} limit $1) k
    ${LISTED_MESSAGE.joins}
  ), last_row as (
    select sort_at, id from shown order by sort_at, id limit 1
  )
  select
    ${SNAPSHOT} as snapshot,
    (
      select '[' || coalesce(string_agg(row_to_json(item)::text, ',' order by sort_at desc, shown.id desc), '') || ']'
      from shown cross join lateral (select ${LISTED_MESSAGE.fields}, null as match) item
    ) as "itemsJson",
    (select count(*) from keys) > $1 as "hasMore",
    (select sort_at from last_row) as "lastAt",
    (select id from last_row) as "lastId",
    (select count(*) from (select from (${counted}) merged limit ${MOST_COUNTED + 1}) counted) as "total"`;
}

const INBOUND = "direction = 'inbound'";
const OUTBOUND = "direction = 'outbound'";

/** Of an unknown direction the planner does not know that it is one value. So only the whole order is that of the index. */
const INDEX_ORDER = 'order by direction, created_at desc, id desc';

const ALL = {
  any: [pageOf([INBOUND, OUTBOUND, 'direction is null'], INDEX_ORDER), 'list-all-messages'],
  inbound: [pageOf([INBOUND], INDEX_ORDER), 'list-inbound-messages'],
  outbound: [pageOf([OUTBOUND], INDEX_ORDER), 'list-outbound-messages'],
} as const;

const OF_CONTACT = [
  pageOf(['contact_id = $7::bigint and ($8::message_direction is null or direction = $8)'], NEWEST_FIRST),
  'list-messages-of-contact',
] as const;
