import type { Queryable } from '../pool.ts';
import { one } from '../sql.ts';
import type { SearchTerm } from './term.ts';

/** Above this many matching messages the scan of the segments is cheaper than fetching them one by one. */
const TRIGRAM_CAP = 5_000;

/**
 * Where even the rarest trigram of a term is in more messages than this, reading the index costs more than a scan: at
 * 0.02 it does, at 0.01 hardly a quarter, and the sample is off by a third either way.
 */
const COMMON_SHARE = 0.015;
/** Trigrams of a long term that are looked up in the sample. */
const SAMPLED_TRIGRAMS = 8;

/**
 * Asks the trigram index for the contacts with a matching message: cheap where the term has a rare trigram, in no larger
 * share of the messages than `commonShare`, and matches few messages. Undefined where that is not so. A sample of the
 * segments, of constant size, tells how rare; the planner cannot.
 */
export async function findByTrigrams(
  db: Queryable,
  term: SearchTerm,
  commonShare = COMMON_SHARE,
): Promise<number[] | undefined> {
  if (term.trigrams.length === 0) return undefined;
  const sampled = term.trigrams.slice(0, SAMPLED_TRIGRAMS);
  const { share } = await one<{ share: number | null }>(db, RAREST_SHARE, [sampled], 'rarest-trigram');
  if (share !== null && share > commonShare) return undefined;
  const { messages, contactIds } = await one<{ messages: number; contactIds: string[] | null }>(db, BY_TRIGRAMS, [
    term.pattern,
    TRIGRAM_CAP + 1,
  ]);
  return messages > TRIGRAM_CAP ? undefined : (contactIds ?? []).map(Number);
}

/** About 16 blocks of segments; occurrences stand for messages, which is near enough for short texts. */
const RAREST_SHARE = `
  select min(share)::float8 as share
  from (
    select sum((length(body) - length(replace(body, trigram, ''))) / 3)::float8 / sum(message_count) as share
    from message_segments tablesample system (16 * 8192 * 100.0 / greatest(pg_relation_size('message_segments'), 16 * 8192)),
      unnest($1::text[]) as trigram
    group by trigram
  ) sampled`;

const BY_TRIGRAMS = `
  select count(*) as messages, array_agg(distinct contact_id) as "contactIds"
  from (select contact_id from messages where fold_text(content) like $1 limit $2) m`;
