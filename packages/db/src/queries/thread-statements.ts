import { messageFields } from './message-fields.ts';
import { MOST_COUNTED } from './page.ts';
import { SNAPSHOT } from './snapshot.ts';
import { newerInThread, threadLength } from './thread-length.ts';

/** Contents above this total are not written as one text. As JSON they can be six times as long. */
export const LONG_PAGE_BYTES = 524_288;

const NEWEST_FIRST = 'order by created_at desc, id desc';

/** A page of a thread: with its contents, or with their lengths if they are long. */
export interface PageStatement {
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
    ${SNAPSHOT} as snapshot,
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

export const FROM_START = pageOf('list-messages', keysWhere('', NEWEST_FIRST, 'limit $2 + 1 offset $3::bigint'));
export const AFTER = pageOf(
  'list-messages-after',
  keysWhere('and (created_at, id) < ($3::timestamptz, $4::bigint)', NEWEST_FIRST, 'limit $2 + 1'),
);

/** `$3` and `$4` are the key, `$5` the rows to skip, `$6` and `$7` the first and the last time. */
export const WITHIN = pageOf(
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
export const FROM_END = pageOf(
  'list-messages-from-end',
  keysWhere('', OLDEST_FIRST, `offset greatest(0, ${LEFT} - $2) limit least($2, greatest(0, ${LEFT}))`),
  { hasMore: `${LEFT} > $2` },
);

/** The page begins so that full pages cover all messages before it. */
export const AROUND = pageOf(
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
