import type { Queryable } from '../pool.ts';
import { conversationsAmong, NEWEST_FIRST } from '../queries/merged-conversations.ts';
import { many, maybeOne, one } from '../sql.ts';
import type { FoundRow } from './found-row.ts';
import { contains, type SearchTerm } from './term.ts';
import type { AfterKey } from './walk.ts';

/** Above this many matching messages the scan of the segments is cheaper than fetching them one by one. */
const TRIGRAM_CAP = 5_000;

/**
 * Where even the rarest trigram of a term is in more messages than this, reading the index costs more than a scan: at
 * 0.02 it does, at 0.01 hardly a quarter, and the sample is off by a third either way.
 */
const COMMON_SHARE = 0.015;
/** Trigrams of a long term that are looked up in the sample. */
const SAMPLED_TRIGRAMS = 8;

/** Which messages a set search looks through. */
export type MessageSource = { kind: 'ids'; contactIds: number[] } | { kind: 'segments' } | { kind: 'messages' };

/**
 * Asks the trigram index for the contacts with a matching message: cheap where the term has a rare trigram and matches
 * few messages. Undefined where that is not so. A sample of the segments, of constant size, tells how rare; the planner
 * cannot.
 */
export async function findByTrigrams(db: Queryable, term: SearchTerm): Promise<number[] | undefined> {
  if (term.trigrams.length === 0) return undefined;
  const sampled = term.trigrams.slice(0, SAMPLED_TRIGRAMS);
  const { share } = await one<{ share: number | null }>(db, RAREST_SHARE, [sampled], 'rarest-trigram');
  if (share !== null && share > COMMON_SHARE) return undefined;
  const { messages, contactIds } = await one<{ messages: number; contactIds: string[] | null }>(db, BY_TRIGRAMS, [
    term.pattern,
    TRIGRAM_CAP + 1,
  ]);
  return messages > TRIGRAM_CAP ? undefined : (contactIds ?? []).map(Number);
}

/** A page of all conversations that match, and how many there are in all. */
export async function listMatching(
  db: Queryable,
  term: SearchTerm,
  source: MessageSource,
  { after, offset, wanted }: { after: AfterKey; offset: number; wanted: number },
): Promise<{ rows: FoundRow[]; total: number }> {
  const [text, argument] = branchOf(source, term);
  const values = [argument, term.pattern, term.digitsPattern, wanted, offset, after?.[0] ?? null, after?.[1] ?? null];
  const rows = await withTableScans(db, () => many<FoundRow & { total: number }>(db, list(text), values));
  const [first] = rows;
  return { rows: rows.filter(({ contactId }) => contactId !== null), total: first?.total ?? 0 };
}

/** Sessions for pages and searches plan once and never read a whole table, unless that is what a statement is for. */
async function withTableScans<Result>(db: Queryable, work: () => Promise<Result>): Promise<Result> {
  await many(db, 'set enable_seqscan = on; set plan_cache_mode = auto');
  try {
    return await work();
  } finally {
    await many(db, 'reset enable_seqscan; reset plan_cache_mode');
  }
}

/** Whether every message is in a segment. False while those of an older database are being built. */
export async function segmentsAreComplete(db: Queryable): Promise<boolean> {
  return (await maybeOne(db, 'select from unsegmented_contacts limit 1', [], 'segments-are-complete')) === undefined;
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

/**
 * Contacts by their own indexes and messages by theirs, in two branches: an `or` over both tables would use none. Within
 * contacts an `or` is a union of index scans, or one pass over the table where the term has no trigram.
 */
const list = (withMessage: string) => `
  with matching as materialized (
    select id as contact_id from contacts
    where name_folded like $2 or phone_number_folded like $2 or phone_digits like $3
    union
    ${withMessage}
  ), conversations as materialized (${conversationsAmong('matching')}),
  page as (
    select * from conversations
    where $6::timestamptz is null or (last_message_at, contact_id) < ($6, $7::bigint)
    ${NEWEST_FIRST}
    limit $4 offset $5::bigint
  )
  select
    contact_id as "contactId", name, phone_number as "phoneNumber", last_message_id as "lastMessageId", preview,
    last_message_at as "createdAt", counted.total
  from (select count(*) as total from conversations) counted
  left join page on true
  ${NEWEST_FIRST}`;

/** SQL for the contacts with a matching message, and what its `$1` is. */
function branchOf(source: MessageSource, { needle, pattern, test }: SearchTerm): [string, unknown] {
  if (source.kind === 'ids') return ['select unnest($1::bigint[])', source.contactIds];
  if (source.kind === 'messages') return ['select contact_id from messages where fold_text(content) like $1', pattern];
  return [`select contact_id from message_segments where ${contains('body', test)}`, needle];
}
