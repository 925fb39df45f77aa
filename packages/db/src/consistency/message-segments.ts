import type { Pool } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';
import { buildSegments } from '../search-index/segments.ts';
import type { Check, Differences } from './check.ts';
import { findByStatement } from './contact-ranges.ts';

/**
 * Segments: each message is either in exactly one, or unsegmented with its folded content. Ranges that are not built
 * yet have none.
 */
export const checkMessageSegments: Check = {
  table: 'message_segments',
  find: (db) => findByStatement(db, 1_000, DIFFERENT),
  repair: rebuildSegments,
};

/** Rebuilds the segments contact by contact, which discards the index over them. */
async function rebuildSegments(pool: Pool, { contactIds }: Differences): Promise<void> {
  const plan = `insert into unsegmented_contacts select id, id from unnest($1::bigint[]) as id on conflict do nothing`;
  await many(pool, plan, [contactIds]);
  await buildSegments(pool);
}

/** Texts are compared by 64-bit hashes, so that a join of long texts stays small. */
const DIFFERENT = `
  with segment as materialized (
    select ctid as segment, contact_id, oldest_at, newest_at, message_count, message_ids,
      array(select hashtextextended(folded, 0) from unnest(string_to_array(body, U&'\\0300')) with ordinality as part (folded, n) order by n) as hashes
    from message_segments where contact_id between $1 and $2
  ), kept as materialized (
    select segment, contact_id, part.id, part.hash
    from segment cross join unnest(message_ids, hashes) as part (id, hash)
    union all
    select null, u.contact_id, u.message_id,
      case when u.created_at = m.created_at then hashtextextended(u.body, 0) end
    from unsegmented_messages u left join messages m on m.id = u.message_id and m.contact_id = u.contact_id
    where u.contact_id between $1 and $2
  ), written as materialized (
    select id, contact_id, created_at, hashtextextended(fold_text(content), 0) as hash
    from messages where contact_id between $1 and $2
  ), compared as materialized (
    select segment, contact_id, id, kept.hash as kept_hash, written.hash as written_hash, created_at
    from kept full join written using (contact_id, id)
  )
  select contact_id as "contactId" from (
    select contact_id from compared where kept_hash is distinct from written_hash
    union
    select contact_id from kept group by contact_id, id having count(*) > 1
    union
    select contact_id from segment
    join (
      select segment, count(*) as messages, min(created_at) as oldest_at, max(created_at) as newest_at
      from compared where segment is not null group by segment
    ) truth using (segment)
    where (segment.message_count, segment.oldest_at, segment.newest_at) is distinct from
      (truth.messages, truth.oldest_at, truth.newest_at)
  ) different
  where not exists (
    select from unsegmented_contacts where contact_id between first_contact_id and last_contact_id
  )
  order by 1`;
