import type { QueryResultRow } from 'pg';
import type { Queryable } from '../pool.ts';
import { conversationsAmong, NEWEST_FIRST } from '../queries/merged-conversations.ts';
import { many, maybeOne } from '../sql.ts';
import type { FoundRow } from './found-row.ts';
import { FEW_ARE_PENDING, IS_BUILT } from './ngram-state.ts';
import { EVERY_NGRAM, MAX_LISTED_CONTACTS, ngramsOf } from './ngrams.ts';
import { contains, type SearchTerm, type SubstringTest } from './term.ts';
import type { AfterKey } from './walk.ts';

/** An n-gram of a term, and how many contacts have it at most. */
export interface RarestNgram {
  ngram: number;
  contactCount: number;
}

/**
 * The rarest n-gram of a term. Undefined where the index is of no use: it is not built, too much is pending, or all of
 * the term is common; and for what may be a phone number, which is compared by its digits alone besides.
 */
export async function findRarestNgram(db: Queryable, term: SearchTerm): Promise<RarestNgram | undefined> {
  if (term.digits !== null) return undefined;
  return maybeOne<RarestNgram & QueryResultRow>(db, RAREST, [ngramsOf(term.folded)], 'rarest-ngram');
}

/** What a look among candidates found; `isComplete` where there are no more that match. */
export interface AmongCandidates {
  rows: FoundRow[];
  isComplete: boolean;
}

/**
 * Looks through the conversations of those who have an n-gram, and those with a pending change: the newest `depth` of them
 * (null: all), until `wanted` match. Undefined where the index has changed since the n-gram was chosen.
 */
export async function findAmongCandidates(
  db: Queryable,
  term: SearchTerm,
  { ngram, after, depth, wanted }: { ngram: number; after: AfterKey; depth: number | null; wanted: number },
): Promise<AmongCandidates | undefined> {
  const values = [term.needle, ngram, wanted, ...(after ?? [null, null]), depth];
  const rows = await many<CandidateRow>(db, AMONG[term.test], values, `candidates-${term.test}`);
  const [first] = rows;
  if (!first?.isIndexed) return undefined;
  const found = rows.filter(({ contactId }) => contactId !== null);
  return { rows: found, isComplete: found.length < wanted && (depth === null || first.candidates <= depth) };
}

type CandidateRow = FoundRow & { isIndexed: boolean; candidates: number };

/** An n-gram that was never counted is in no text, but for the contacts that are listed with every one. */
const RAREST = `
  select wanted.ngram, coalesce(known.contact_count, 0) + coalesce(every.contact_count, 0) as "contactCount"
  from unnest($1::integer[]) as wanted (ngram)
  left join ngram_counts known using (ngram)
  left join ngram_counts every on every.ngram = ${EVERY_NGRAM}
  where coalesce(known.contact_count, 0) + coalesce(every.contact_count, 0) <= ${MAX_LISTED_CONTACTS}
    and ${IS_BUILT} and ${FEW_ARE_PENDING}
  order by "contactCount"
  limit 1`;

/** The inner limit keeps the order: a conversation is only looked into when those before it were not enough. */
const among = (test: SubstringTest) => `
  with candidates as materialized (
    select contact_id from contact_ngrams where ngrams && array[$2::integer, ${EVERY_NGRAM}]
    union
    select contact_id from conversation_changes
  ), conversations as materialized (
    select * from (${conversationsAmong('candidates')}) merged
    where $4::timestamptz is null or (last_message_at, contact_id) < ($4, $5::bigint)
  ), found as (
    select * from (select * from conversations ${NEWEST_FIRST} limit $6::bigint) w
    where exists (
        select from contacts
        where id = w.contact_id and (${contains('name_folded', test)} or ${contains('phone_number_folded', test)})
        offset 0
      ) or exists (
        select from message_segments where contact_id = w.contact_id and ${contains('body', test)} offset 0
      )
    limit $3
  )
  select
    contact_id as "contactId", name, phone_number as "phoneNumber", last_message_id as "lastMessageId", preview,
    last_message_at as "createdAt", "isIndexed", candidates
  from (
    select count(*) as candidates,
      ${IS_BUILT} and not exists (
        select from ngram_counts where ngram = $2::integer and contact_count > ${MAX_LISTED_CONTACTS}
      ) as "isIndexed"
    from conversations
  ) state
  left join found on true
  ${NEWEST_FIRST}`;

const AMONG = { strpos: among('strpos'), like: among('like') };
