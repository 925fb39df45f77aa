import type { Match } from '@messaging/shared';
import { bigintArray } from '../connection/bigint-array.ts';
import type { Queryable } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';
import type { Candidates } from '../search-index/find-candidates.ts';
import { excerpt, highlight, highlightDigits } from './snippet.ts';
import type { SearchTerm } from './term.ts';

/**
 * Returns how each contact matches. The name takes precedence over the phone number, and both over the newest matching
 * message. A contact that no longer matches, because it was just changed, is left out. With `among` it reads only those
 * segments that are candidates.
 */
export async function describeMatches(
  db: Queryable,
  term: SearchTerm,
  contactIds: number[],
  among?: Candidates,
): Promise<Map<number, Match>> {
  if (contactIds.length === 0) return new Map();
  const candidates = among ? [bigintArray(among.segmentNos()), among.firstUnindexed] : [null, 0];
  const values = [contactIds, term.folded, term.digits, ...candidates];
  const rows = await many<MatchRow>(db, DESCRIBE, values, 'describe-matches');
  return new Map(rows.flatMap((row) => (row.field ? [[row.contactId, toMatch(row, row.field, term)]] : [])));
}

interface MatchRow {
  contactId: number;
  name: string;
  phoneNumber: string;
  field: 'name' | 'phoneNumber' | 'phoneDigits' | 'message' | null;
  messageId: number | null;
  messageExcerpt: string | null;
  [column: string]: unknown;
}

function toMatch(row: MatchRow, field: NonNullable<MatchRow['field']>, { text, digits }: SearchTerm): Match {
  const { messageId } = row;
  if (field === 'name') return { field, ...highlight(row.name, text), messageId };
  if (field === 'phoneNumber') return { field, ...highlight(row.phoneNumber, text), messageId };
  if (field === 'phoneDigits')
    return { field: 'phoneNumber', ...highlightDigits(row.phoneNumber, digits ?? ''), messageId };
  return { field, ...excerpt(row.messageExcerpt ?? '', text), messageId };
}

/**
 * An index-only scan finds the candidates among the segments of a contact: those in `$4`, or all if it is null, and all from
 * number `$5` on. `is true` makes the planner hash `$4` as a set. `offset 0` keeps the order.
 *
 * The matching segment with the newest message bounds how old the newest match can be. Segments overlap where messages were
 * back-dated, so every segment between these times is looked at. A long content has a segment of its own: to look for
 * separators in 1 MiB takes ten times as long as to look for the term.
 */
const DESCRIBE = `
  select
    k.id as "contactId", k.name, k.phone_number as "phoneNumber",
    coalesce(k.field, case when newest.id is not null then 'message' end) as field,
    newest.id as "messageId",
    match_excerpt(newest.content, newest.folded_start, char_length($2)) as "messageExcerpt"
  from (
    select id, name, phone_number, case
      when strpos(name_folded, $2) > 0 then 'name'
      when strpos(phone_number_folded, $2) > 0 then 'phoneNumber'
      when strpos(phone_digits, $3) > 0 then 'phoneDigits'
    end as field
    from contacts where id = any($1::bigint[])
  ) k
  left join lateral (
    select m.id, m.content, part.folded_start
    from (
      select part.message_id, strpos(part.body, $2) as folded_start
      from (
        select segment.*
        from (
          select segment_no from message_segments
          where contact_id = k.id
            and ($4::bigint[] is null or (segment_no in (select unnest($4))) is true or segment_no >= $5::bigint)
          order by newest_at desc
          offset 0
        ) candidate
        cross join lateral (
          select oldest_at, newest_at from message_segments
          where segment_no = candidate.segment_no and strpos(body, $2) > 0
          offset 0
        ) segment
        limit 1
      ) newest_match
      join message_segments s
        on s.contact_id = k.id and s.newest_at between newest_match.oldest_at and newest_match.newest_at and strpos(s.body, $2) > 0
      cross join unnest(
        s.message_ids,
        case when s.message_count = 1 then array[s.body] else string_to_array(s.body, U&'\\0300') end
      ) as part (message_id, body)
      where strpos(part.body, $2) > 0
      union all
      select message_id, strpos(body, $2) from unsegmented_messages where contact_id = k.id and strpos(body, $2) > 0
      union all
      select messages.id, strpos(fold_text(content), $2)
      from unsegmented_contacts
      join messages on contact_id = k.id and strpos(fold_text(content), $2) > 0
      where k.id between first_contact_id and last_contact_id
    ) part
    cross join lateral (
      select id, content, created_at from messages where id = part.message_id and contact_id = k.id offset 0
    ) m
    where k.field is null
    order by m.created_at desc, m.id desc
    limit 1
  ) newest on true`;
