import type { Queryable } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';
import { mergedConversations, NEWEST_FIRST } from '../queries/merged-conversations.ts';
import type { Candidates } from '../search-index/find-candidates.ts';
import { FOUND_COLUMNS, type Found, type FoundRow, type Range } from './found.ts';
import type { SearchTerm } from './term.ts';

/**
 * Reads the newest `depth` conversations after the key, one by one, until the page is full. The cost depends on what it
 * reads, not on the number of messages. With `candidates` it reads only those segments of a conversation that are
 * candidates.
 */
export async function findRecent(
  db: Queryable,
  { folded, digits }: SearchTerm,
  { after, offset, limit }: Range,
  depth: number,
  candidates?: Candidates,
): Promise<Found> {
  const among = candidates && [candidates.segmentNos(), candidates.firstUnindexed];
  const values = [folded, digits, depth, offset + limit, after?.[0] ?? null, after?.[1] ?? null, ...(among ?? [])];
  const [text, name] = among ? [AMONG, 'search-recent-among'] : [RECENT, 'search-recent'];
  const rows = await many<FoundRow>(db, text, values, name);
  return { rows: rows.slice(offset), total: rows.length, totalIsExact: false, way: 'recent' };
}

const ANY_SEGMENT = 'select from message_segments where contact_id = w.contact_id and strpos(body, $1) > 0 offset 0';

/** An index-only scan finds which segments of a contact are in `$7`. `is true` makes the planner hash `$7` as a set. */
const CANDIDATE = `
      select from (
        select segment_no from message_segments
        where contact_id = w.contact_id
          and ((segment_no in (select unnest($7::bigint[]))) is true or segment_no >= $8::bigint)
        offset 0
      ) candidate
      cross join lateral (
        select from message_segments where segment_no = candidate.segment_no and strpos(body, $1) > 0 offset 0
      ) segment
      offset 0`;

/**
 * The limit of the inner query preserves its order: a conversation is read only if those before it do not fill the
 * page. `offset 0` keeps each probe a probe. Otherwise the planner may read all segments once and hash them.
 */
const recent = (segment: string) => `
  select ${FOUND_COLUMNS}
  from (${mergedConversations({ where: AFTER, limit: '$3::bigint' })}) w
  where exists (
      select from contacts
      where id = w.contact_id
        and (strpos(name_folded, $1) > 0 or strpos(phone_number_folded, $1) > 0 or strpos(phone_digits, $2) > 0)
      offset 0
    ) or exists (${segment}) or exists (
      select from unsegmented_messages where contact_id = w.contact_id and strpos(body, $1) > 0 offset 0
    ) or exists (
      select from unsegmented_contacts
      join messages on messages.contact_id = w.contact_id
      where w.contact_id between first_contact_id and last_contact_id and strpos(fold_text(content), $1) > 0
      offset 0
    )
  ${NEWEST_FIRST}
  limit $4`;

/** Without a key it is later than every conversation, so that the comparison stays an index condition. */
const AFTER = `and (last_message_at, contact_id) < (coalesce($5::timestamptz, 'infinity'), coalesce($6::bigint, 0))`;

const RECENT = recent(ANY_SEGMENT);
const AMONG = recent(CANDIDATE);
