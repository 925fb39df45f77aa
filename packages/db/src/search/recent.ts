import { bigintArray } from '../connection/bigint-array.ts';
import type { Queryable } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';
import { mergedConversations, NEWEST_FIRST } from '../queries/merged-conversations.ts';
import type { Candidates } from '../search-index/find-candidates.ts';
import { FOUND_COLUMNS, type Found, type FoundRow, NAMED_CONTACTS, type Range } from './found.ts';
import type { SearchTerm } from './term.ts';

/** Where to look among the recent conversations. */
export interface RecentLook {
  /** The number of conversations that are read at most. */
  depth: number;
  /** Read only those segments of a conversation that are candidates. */
  candidates?: Candidates | undefined;
  /** Look up the contacts of all candidates first, and pass over the conversations of others. */
  contactsFirst?: boolean;
}

/**
 * Reads the newest conversations after the key, one by one, until the page is full. The cost depends on what it reads,
 * not on the number of messages.
 */
export async function findRecent(
  db: Queryable,
  { folded, digits }: SearchTerm,
  { after, from, offset, limit }: Range,
  { depth, candidates, contactsFirst = false }: RecentLook,
): Promise<Found> {
  const key = [after?.[0] ?? null, after?.[1] ?? null];
  const among = candidates ? [bigintArray(candidates.segmentNos()), candidates.firstUnindexed] : [null, 0];
  const values = [folded, digits, depth, offset + limit, ...key, ...among, contactsFirst, from ?? null];
  const rows = await many<FoundRow>(db, RECENT, values, 'search-recent');
  return { rows: rows.slice(offset), total: rows.length, totalIsExact: false, way: 'recent' };
}

/** Without a key it is later than every conversation, so that the comparison stays an index condition. */
const AFTER = `
  and (last_message_at, contact_id) < (coalesce($5::timestamptz, 'infinity'), coalesce($6::bigint, 0))
  and last_message_at >= coalesce($10::timestamptz, '-infinity')`;

/**
 * `$1` is the term, `$2` its digits, `$3` the depth, `$4` the number of rows, `$7` the candidates of the index or null
 * for all segments. Segments from number `$8` on are not in the index. `$9` tells whether to look up the contacts first,
 * `$10` is the earliest time.
 *
 * The limit of the inner query preserves its order: a conversation is read only if those before it do not fill the
 * page. `offset 0` keeps each probe a probe. Otherwise the planner may read all segments once and hash them. A
 * set that does not depend on the conversation is hashed at its first use. `is true` makes the planner hash `$7`.
 */
const RECENT = `
  select ${FOUND_COLUMNS}
  from (${mergedConversations({ where: AFTER, limit: '$3::bigint' })}) w
  where case
      when $7::bigint[] is not null then contact_id in (${NAMED_CONTACTS})
      else exists (
        select from contacts
        where id = w.contact_id
          and (strpos(name_folded, $1) > 0 or strpos(phone_number_folded, $1) > 0 or strpos(phone_digits, $2) > 0)
        offset 0
      )
    end or (
      not $9::boolean or contact_id in (
        select contact_id from message_segments where segment_no = any($7)
        union all
        select contact_id from message_segments where segment_no >= $8::bigint
      )
    ) and exists (
      select from (
        select segment_no from message_segments
        where contact_id = w.contact_id
          and ($7 is null or (segment_no in (select unnest($7))) is true or segment_no >= $8)
        offset 0
      ) candidate
      cross join lateral (
        select from message_segments where segment_no = candidate.segment_no and strpos(body, $1) > 0 offset 0
      ) segment
      offset 0
    ) or exists (
      select from unsegmented_messages where contact_id = w.contact_id and strpos(body, $1) > 0 offset 0
    ) or exists (
      select from unsegmented_contacts
      join messages on messages.contact_id = w.contact_id
      where w.contact_id between first_contact_id and last_contact_id and strpos(fold_text(content), $1) > 0
      offset 0
    )
  ${NEWEST_FIRST}
  limit $4`;
