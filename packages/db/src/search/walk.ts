import type { Queryable } from '../pool.ts';
import { mergedConversations, NEWEST_FIRST } from '../queries/merged-conversations.ts';
import { many, maybeOne } from '../sql.ts';
import type { FoundRow } from './found-row.ts';
import { contains, type SearchTerm, type SubstringTest } from './term.ts';

/** The conversation to go on after: the sort key of the row before. */
export type AfterKey = [lastMessageAt: string, contactId: number] | null;

/**
 * Looks at the newest `depth` conversations after a key, one by one, until `wanted` match. Costs what it walks: a term
 * that is frequent is found in a millisecond however many messages there are.
 */
export function walkConversations(
  db: Queryable,
  term: SearchTerm,
  { after, depth, wanted }: { after: AfterKey; depth: number; wanted: number },
): Promise<FoundRow[]> {
  const { needle, digits, test } = term;
  const [text, name] = after ? [WALK_AFTER, 'search-walk-after'] : [WALK, 'search-walk'];
  return many(db, text[test], [needle, digits, depth, wanted, ...(after ?? [])], `${name}-${test}`);
}

/** Whether a walk of `depth` has seen every conversation after the key. */
export async function walkWasComplete(
  db: Queryable,
  { after, depth }: { after: AfterKey; depth: number },
): Promise<boolean> {
  const [text, name] = after ? [BEYOND_AFTER, 'search-beyond-after'] : [BEYOND, 'search-beyond'];
  const beyond = await maybeOne(db, text, [depth, ...(after ?? [])], name);
  return beyond === undefined;
}

/** `offset 0` keeps each probe a probe: otherwise the planner may read all segments once and hash them. */
const walk = (where: string, test: SubstringTest) => `
  select
    w.contact_id as "contactId", w.name, w.phone_number as "phoneNumber",
    w.last_message_id as "lastMessageId", w.preview, w.last_message_at as "createdAt"
  from (${mergedConversations({ where, limit: '$3::bigint' })}) w
  where exists (
      select from contacts
      where id = w.contact_id and (
        ${contains('name_folded', test)} or ${contains('phone_number_folded', test)} or strpos(phone_digits, $2) > 0
      ) offset 0
    ) or exists (
      select from message_segments where contact_id = w.contact_id and ${contains('body', test)} offset 0
    )
  ${NEWEST_FIRST}
  limit $4`;

const AFTER = 'and (last_message_at, contact_id) < ($5::timestamptz, $6::bigint)';
const WALK = { strpos: walk('', 'strpos'), like: walk('', 'like') };
const WALK_AFTER = { strpos: walk(AFTER, 'strpos'), like: walk(AFTER, 'like') };

const BEYOND = `select from (${mergedConversations({ limit: '$1::bigint + 1' })}) w offset $1`;
const BEYOND_AFTER = `
  select from (${mergedConversations({
    where: 'and (last_message_at, contact_id) < ($2::timestamptz, $3::bigint)',
    limit: '$1::bigint + 1',
  })}) w offset $1`;
