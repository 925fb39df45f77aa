import type { Queryable } from './pool.ts';
import { many } from './sql.ts';

/** A thread of fewer segments (of 32 messages) is added up in some 10 µs. */
const LONG_THREAD_SEGMENTS = 64;

/**
 * Keeps how long the long threads of contacts are. Called in a transaction that ends before their pending changes are
 * forgotten, and begins after it is known which will be: then a length is wrong only while there is a change. It holds the
 * row of `ngram_progress`, so that no length outlives what discards them.
 * @param contactIds SQL for their ids
 */
export async function updateThreadLengths(db: Queryable, contactIds: string): Promise<void> {
  await many(
    db,
    `with long as materialized (
       select contact_id, sum(message_count) as message_count from message_segments
       where contact_id in (${contactIds})
       group by contact_id having count(*) >= ${LONG_THREAD_SEGMENTS}
     ), shortened as (
       delete from thread_lengths where contact_id in (${contactIds}) and contact_id not in (select contact_id from long)
     )
     insert into thread_lengths (contact_id, message_count) select contact_id, message_count from long
     on conflict (contact_id) do update set message_count = excluded.message_count`,
  );
}
