import type { Queryable } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';
import { mergedConversations, NEWEST_FIRST } from '../queries/merged-conversations.ts';
import type { Candidates } from '../search-index/find-candidates.ts';
import { FOUND_COLUMNS, type Found, type FoundRow, type Range } from './found.ts';
import type { SearchTerm } from './term.ts';

/**
 * Looks through the newest `depth` conversations after the key, one by one, until the wanted ones are found. Costs what it
 * looks at, however many messages there are. With `candidates` it reads only those of the segments that are among them.
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

/** Which segments of a contact are among `$7` is asked of an index alone, as a set (`is true` keeps it one). */
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
 * The limit of the inner query keeps its order: a conversation is only looked into when those before it were not enough.
 * `offset 0` keeps each probe a probe: otherwise the planner may read all segments once and hash them.
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

/** Later than all there are, where there is no key: so that it is a condition for the index. */
const AFTER = `and (last_message_at, contact_id) < (coalesce($5::timestamptz, 'infinity'), coalesce($6::bigint, 0))`;

const RECENT = recent(ANY_SEGMENT);
const AMONG = recent(CANDIDATE);
