import { bigintArray } from '../connection/bigint-array.ts';
import type { Queryable } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';
import type { TimeRange } from '../queries/page.ts';
import { type Candidates, findCandidates } from '../search-index/find-candidates.ts';
import type { SearchTerm } from './term.ts';

/** Which matching messages are requested. */
export interface MessageFilters extends TimeRange {
  contactId?: number | undefined;
  direction?: 'inbound' | 'outbound' | undefined;
  /** Time and id of the message before the first wanted one. */
  after: (string | number)[] | null;
}

/** A matching message. */
export interface FoundMessage {
  id: number;
  createdAt: string;
}

/** Up to this many candidates are looked up and sorted by time: 2 µs each. */
const SOME_CANDIDATES = 5_000;

/** For more than this, every segment is read, newest first, because nearly all have a match. */
const MANY_CANDIDATES = 20_000;

/** Rows that are read at once, at first and at most. */
const FIRST_ROWS = 128;
const MOST_ROWS = 2_048;

/**
 * Finds the newest messages that contain the term, newest first: `limit` of them, or all there are. Reads the segments by the
 * time of their newest message. A message is certain to come next once no segment is left that can have a newer one. Must run
 * in one snapshot: a repeatable read transaction.
 */
export async function findMessages(
  db: Queryable,
  { folded, bits }: SearchTerm,
  filters: MessageFilters,
  limit: number,
): Promise<{ found: FoundMessage[]; isComplete: boolean }> {
  const candidates = await findCandidates(db, bits);
  const { contactId = null, direction = null, from = null, after } = filters;
  const [lastAt = null, lastId = null] = after ?? [];
  const values = [folded, contactId, direction, from, lastAt, lastId];
  const matches = await many<FoundMessage & Record<string, unknown>>(db, UNSEGMENTED, values, 'find-unsegmented');
  let found = matches.sort(newestFirst);
  const known = candidates.count <= MANY_CANDIDATES ? bigintArray(candidates.segmentNos()) : null;
  const segments = segmentsFor(candidates, contactId !== null);
  await many(db, declare(segments), [...values, known, candidates.firstUnindexed]);
  for (let size = FIRST_ROWS; ; size = Math.min(2 * size, MOST_ROWS)) {
    const rows = await many<SegmentRow>(db, `fetch ${size} from matches`);
    const added = rows.flatMap(({ id, createdAt }) => (id === null ? [] : [{ id, createdAt }]));
    found = [...found, ...added].sort(newestFirst);
    const isComplete = rows.length < size;
    const readTo = rows.at(-1)?.newestAt ?? '';
    if (isComplete || (found[limit - 1]?.createdAt ?? '') > readTo) {
      await many(db, 'close matches');
      return { found: found.slice(0, limit), isComplete: isComplete && found.length < limit };
    }
  }
}

/** Times are ISO text of one form, so they compare as text. */
const newestFirst = (a: FoundMessage, b: FoundMessage): number =>
  a.createdAt === b.createdAt ? b.id - a.id : a.createdAt < b.createdAt ? 1 : -1;

/** A segment without a match has a row too: it tells how far was read. */
type SegmentRow = { newestAt: string } & ({ id: number; createdAt: string } | { id: null; createdAt: null });

function segmentsFor({ count }: Candidates, isOfContact: boolean): string {
  if (isOfContact) return OF_CONTACT;
  return count <= SOME_CANDIDATES ? FEW : NEWEST;
}

const AFTER = "(coalesce($5::timestamptz, 'infinity'), coalesce($6::bigint, 0))";

const wanted = (id: string): string => `
  (created_at, ${id}) < ${AFTER} and created_at >= coalesce($4::timestamptz, '-infinity')`;
const ofDirection = '($3::message_direction is null or direction = $3)';

/** Messages in no segment. */
const UNSEGMENTED = `
  select message_id as id, created_at as "createdAt"
  from unsegmented_messages u
  where ($2::bigint is null or contact_id = $2) and strpos(body, $1) > 0 and ${wanted('message_id')}
    and exists (select from messages where id = message_id and contact_id = u.contact_id and ${ofDirection} offset 0)
  union all
  select unsegmented.id, unsegmented.created_at
  from unsegmented_contacts
  cross join lateral (
    select id, created_at from messages
    where contact_id between first_contact_id and last_contact_id and ($2 is null or contact_id = $2)
      and strpos(fold_text(content), $1) > 0 and ${wanted('id')} and ${ofDirection}
    offset 0
  ) unsegmented`;

/** A segment that can have a wanted message. */
const CAN_HAVE = `
  newest_at >= coalesce($4::timestamptz, '-infinity') and oldest_at <= coalesce($5::timestamptz, 'infinity')
  and ($2::bigint is null or contact_id = $2)`;
const COLUMNS = 'segment_no, contact_id, newest_at';
/** `is true` makes the planner hash `$7` as a set. */
const IS_CANDIDATE = `($7::bigint[] is null or (segment_no in (select unnest($7))) is true or segment_no >= $8::bigint)`;

const OF_CONTACT = `
  select ${COLUMNS} from message_segments where contact_id = $2 and ${CAN_HAVE} and ${IS_CANDIDATE} order by newest_at desc`;
const NEWEST = `
  select ${COLUMNS} from message_segments where ${CAN_HAVE} and ${IS_CANDIDATE} order by newest_at desc`;
const FEW = `
  select ${COLUMNS} from (
    select ${COLUMNS}, oldest_at from message_segments where segment_no = any($7::bigint[])
    union all
    select ${COLUMNS}, oldest_at from message_segments where segment_no >= $8::bigint and strpos(body, $1) > 0
  ) known
  where ${CAN_HAVE} order by newest_at desc`;

const declare = (segments: string): string => `
  declare matches no scroll cursor for
  select s.newest_at as "newestAt", m.id, m.created_at as "createdAt"
  from (${segments} offset 0) s
  left join lateral (
    select written.id, written.created_at
    from (
      select message_ids, message_count, body from message_segments
      where segment_no = s.segment_no and strpos(body, $1) > 0
      offset 0
    ) segment
    cross join unnest(
      message_ids,
      case when message_count = 1 then array[body] else string_to_array(body, U&'\\0300') end
    ) as part (message_id, body)
    cross join lateral (
      select id, created_at from messages
      where id = part.message_id and contact_id = s.contact_id and ${wanted('id')} and ${ofDirection}
      offset 0
    ) written
    where strpos(part.body, $1) > 0
  ) m on true
  order by s.newest_at desc`;
