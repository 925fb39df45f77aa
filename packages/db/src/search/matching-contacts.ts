import type { Queryable } from '../pool.ts';
import { conversationsAmong, NEWEST_FIRST } from '../queries/merged-conversations.ts';
import { many, maybeOne, one } from '../sql.ts';
import type { FoundRow } from './found-row.ts';
import type { SearchTerm } from './term.ts';
import type { AfterKey } from './walk.ts';

/** Above this many matching messages the scan of the segments is cheaper than fetching them one by one. */
const TRIGRAM_CAP = 5_000;

/** Which messages a set search looks through. */
export type MessageSource = { kind: 'ids'; contactIds: number[] } | { kind: 'segments' } | { kind: 'messages' };

/**
 * Asks the trigram index for the contacts with a matching message: always fresh, cheap where matches are few.
 * Undefined where there are too many.
 */
export async function findByTrigrams(db: Queryable, term: SearchTerm): Promise<number[] | undefined> {
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
  const values = [
    term.folded,
    term.pattern,
    term.digitsPattern,
    wanted,
    offset,
    after?.[0] ?? null,
    after?.[1] ?? null,
    ...(source.kind === 'ids' ? [source.contactIds] : []),
  ];
  const rows = await many<FoundRow & { total: number }>(db, LIST[source.kind], values);
  const [first] = rows;
  return { rows: rows.filter(({ contactId }) => contactId !== null), total: first?.total ?? 0 };
}

/** Whether every message is in a segment. False while those of an older database are being built. */
export async function segmentsAreComplete(db: Queryable): Promise<boolean> {
  return (await maybeOne(db, 'select from unsegmented_contacts limit 1', [], 'segments-are-complete')) === undefined;
}

const BY_TRIGRAMS = `
  select count(*) as messages, array_agg(distinct contact_id) as "contactIds"
  from (select contact_id from messages where fold_text(content) like $1 limit $2) m`;

/** One branch a field, each on its own index: an `or` over several tables would use none of them. */
const list = (withMessage: string) => `
  with matching as materialized (
    select id as contact_id from contacts where name_folded like $2
    union
    select id from contacts where phone_number_folded like $2
    union
    select id from contacts where phone_digits like $3
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
  left join page on $1 <> ''
  ${NEWEST_FIRST}`;

const LIST: Record<MessageSource['kind'], string> = {
  ids: list('select unnest($8::bigint[])'),
  segments: list('select contact_id from message_segments where strpos(body, $1) > 0'),
  messages: list('select contact_id from messages where fold_text(content) like $2'),
};
