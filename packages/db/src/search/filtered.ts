import { bigintArray } from '../connection/bigint-array.ts';
import type { Queryable } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';
import { CONVERSATION_COLUMNS } from '../queries/conversation-columns.ts';
import { NEWEST_FIRST } from '../queries/merged-conversations.ts';
import type { Candidates } from '../search-index/find-candidates.ts';
import { FOUND_COLUMNS, type Found, type FoundRow, NAMED_CONTACTS, type Range } from './found.ts';
import type { SearchTerm } from './term.ts';

/** Finds all matching conversations. It reads every candidate. */
export async function findFiltered(
  db: Queryable,
  { folded, digits }: SearchTerm,
  { after, from, offset, limit }: Range,
  { segmentNos, firstUnindexed }: Candidates,
): Promise<Found> {
  const key = [after?.[0] ?? null, after?.[1] ?? null];
  const values = [folded, digits, bigintArray(segmentNos()), firstUnindexed, ...key, offset, limit, from ?? null];
  const rows = await many<FoundRow & { total: number }>(db, FILTERED, values, 'search-filtered');
  const found = rows.flatMap(({ total: _, ...row }) => (row.contactId === null ? [] : [row as FoundRow]));
  return { rows: found, total: rows[0]?.total ?? 0, totalIsExact: true, way: 'filtered' };
}

/**
 * `$1` is the term, `$2` its digits, `$3` the candidates of the index. All segments from number `$4` on are read as
 * well. `offset 0` makes every join a probe for each row: the plan is made once, and the planner cannot estimate the
 * number of matches.
 */
const FILTERED = `
  with matching as materialized (
    select contact_id from message_segments where segment_no = any($3::bigint[]) and strpos(body, $1) > 0
    union
    select contact_id from message_segments where segment_no >= $4::bigint and strpos(body, $1) > 0
    union
    select contact_id from unsegmented_messages where strpos(body, $1) > 0
    union
    select unsegmented.contact_id
    from unsegmented_contacts
    cross join lateral (
      select contact_id from messages
      where contact_id between first_contact_id and last_contact_id and strpos(fold_text(content), $1) > 0
      offset 0
    ) unsegmented
    union
    ${NAMED_CONTACTS}
  ), conversations as materialized (
    select conversation.*
    from matching
    cross join lateral (
      select ${CONVERSATION_COLUMNS}
      from conversation_changes where contact_id = matching.contact_id and last_message_at is not null
      union all
      select ${CONVERSATION_COLUMNS}
      from recent_conversations
      where contact_id = matching.contact_id
        and not exists (select from conversation_changes where contact_id = matching.contact_id offset 0)
      offset 0
    ) conversation
    where ($5::timestamptz is null or (conversation.last_message_at, conversation.contact_id) < ($5, $6::bigint))
      and ($9::timestamptz is null or conversation.last_message_at >= $9)
  ), page as (
    select * from conversations ${NEWEST_FIRST} limit $8::bigint offset $7::bigint
  )
  select ${FOUND_COLUMNS}, total
  from (select count(*) as total from conversations) counted left join page on true
  ${NEWEST_FIRST}`;
