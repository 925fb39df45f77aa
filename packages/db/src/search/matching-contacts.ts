import type { Queryable } from '../pool.ts';
import { conversationsAmong, NEWEST_FIRST } from '../queries/merged-conversations.ts';
import { many, maybeOne } from '../sql.ts';
import type { FoundRow } from './found-row.ts';
import { FEW_ARE_PENDING, IS_BUILT } from './ngram-state.ts';
import { contains, type SearchTerm, type SubstringTest } from './term.ts';
import type { AfterKey } from './walk.ts';

/** Which messages a set search looks through. */
export type MessageSource =
  | { kind: 'ids'; contactIds: number[] }
  | { kind: 'signatures' }
  | { kind: 'segments' }
  | { kind: 'messages' };

/** With less, a good part of all segments passes, and each costs more than it does in a scan. */
const FEWEST_BITS = 2;

/** Whether the signatures of the segments say where to look: the term is long enough, they are built, and little is pending. */
export async function signaturesServe(db: Queryable, term: SearchTerm): Promise<boolean> {
  if (term.signatureBits.length < FEWEST_BITS) return false;
  return (await maybeOne(db, `select where ${IS_BUILT} and ${FEW_ARE_PENDING}`, [], 'signatures-serve')) !== undefined;
}

/**
 * A page of all conversations that match, and how many there are in all. Not `isWhole` where it was to look through the
 * signatures, and these have been discarded.
 */
export async function listMatching(
  db: Queryable,
  term: SearchTerm,
  source: MessageSource,
  { after, offset, wanted }: { after: AfterKey; offset: number; wanted: number },
): Promise<{ rows: FoundRow[]; total: number; isWhole: boolean }> {
  const [text, argument] = branchOf(source, term);
  const values = [argument, term.pattern, term.digitsPattern, wanted, offset, after?.[0] ?? null, after?.[1] ?? null];
  const isWhole = source.kind === 'signatures' ? IS_BUILT : 'true';
  const rows = await withTableScans(db, () => many<ListedRow>(db, list(text, isWhole), values));
  const [first] = rows;
  const found = rows.filter(({ contactId }) => contactId !== null);
  return { rows: found, total: first?.total ?? 0, isWhole: first?.isWhole ?? false };
}

type ListedRow = FoundRow & { total: number; isWhole: boolean };

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

/**
 * Contacts by their own indexes and messages by theirs, in two branches: an `or` over both tables would use none. Within
 * contacts an `or` is a union of index scans, or one pass over the table where the term has no trigram.
 */
const list = (withMessage: string, isWhole: string) => `
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
    last_message_at as "createdAt", counted.total, ${isWhole} as "isWhole"
  from (select count(*) as total from conversations) counted
  left join page on true
  ${NEWEST_FIRST}`;

/** SQL for the contacts with a matching message, and what its `$1` is. */
function branchOf(source: MessageSource, { needle, pattern, signatureBits, test }: SearchTerm): [string, unknown] {
  if (source.kind === 'ids') return ['select unnest($1::bigint[])', source.contactIds];
  if (source.kind === 'messages') return ['select contact_id from messages where fold_text(content) like $1', pattern];
  if (source.kind === 'signatures') return [withSignature(signatureBits, test), needle];
  return [`select contact_id from message_segments where ${contains('body', test)}`, needle];
}

/**
 * What has all bits may have the text; what is pending may not have its bits yet. On its own, the first is read as the
 * table lies, and not in the order that a union likes.
 */
const withSignature = (bits: number[], test: SubstringTest) => `
    select contact_id from (
      select contact_id, newest_at from segment_signatures
      where ${bits.map((bit) => `get_bit(signature, ${bit}) = 1`).join(' and ')}
      offset 0
    ) known
    where exists (
      select from message_segments
      where contact_id = known.contact_id and newest_at = known.newest_at and ${contains('body', test)}
      offset 0
    )
    union
    select contact_id from conversation_changes change
    where exists (
      select from message_segments where contact_id = change.contact_id and ${contains('body', test)} offset 0
    )`;
