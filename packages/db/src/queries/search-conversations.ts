import type { Match, Pagination } from '@messaging/shared';
import type { Queryable } from '../pool.ts';
import { RECENT_CONVERSATIONS } from '../read-models.ts';
import { foldText } from '../search/fold-text.ts';
import { excerpt, highlight, highlightDigits } from '../search/snippet.ts';
import { many, one } from '../sql.ts';
import type { ViewStatus } from './list-conversations.ts';
import { type PageRequest, toPageStart, toPagination } from './page.ts';

/** A page of the conversations that match a term. */
export interface SearchPage {
  conversations: FoundConversation[];
  pagination: Pagination;
  view: ViewStatus;
}

export interface FoundConversation {
  contactId: number;
  name: string;
  phoneNumber: string;
  lastMessage: { id: number; preview: string; createdAt: string };
  match: Match;
}

/**
 * Lists the conversations whose contact's name, phone number, or any message contains `term`, newest first.
 * Complete over the whole history, and as fresh as the list. `term` is trimmed and not empty.
 * @throws InvalidInputError for a cursor of another list or another term
 */
export async function searchConversations(db: Queryable, term: string, request: PageRequest): Promise<SearchPage> {
  const { pageSize } = request;
  const scope = `conversations:${term}`;
  const folded = foldText(term);
  const digits = toDigits(term);
  const start = toPageStart(request, scope);
  const [lastAt = null, lastContactId = null] = start.after ?? [];
  const rows = await many<FoundRow>(db, SEARCH, [
    folded,
    toPattern(folded),
    digits && toPattern(digits),
    digits,
    pageSize + 1,
    start.offset,
    lastAt,
    lastContactId,
  ]);
  const summary = await one<SummaryRow>(db, SUMMARY, [toPattern(folded), digits && toPattern(digits)]);
  const shown = rows.slice(0, pageSize);
  const last = shown.at(-1);
  const facts = {
    hasMore: rows.length > pageSize,
    lastKey: last ? [last.createdAt, last.contactId] : null,
    total: summary.total,
  };
  return {
    conversations: shown.map((row) => toConversation(row, folded, digits)),
    pagination: toPagination(facts, start.page, pageSize, scope),
    view: summary,
  };
}

/** The digits of a term that can only be a phone number: three or more, and else only `+ - ( ) .` and spaces. */
export function toDigits(term: string): string | null {
  if (!/^[0-9+\-(). ]+$/.test(term)) return null;
  const digits = term.replace(/[^0-9]/g, '');
  return digits.length >= 3 ? digits : null;
}

/** A LIKE pattern for a plain substring: `%`, `_` and `\` are ordinary characters. */
function toPattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

interface FoundRow {
  contactId: number;
  name: string;
  phoneNumber: string;
  lastMessageId: number;
  preview: string;
  createdAt: string;
  field: 'name' | 'phoneNumber' | 'phoneDigits' | 'message';
  messageId: number | null;
  messageExcerpt: string | null;
  [column: string]: unknown;
}

interface SummaryRow extends ViewStatus {
  total: number;
  [column: string]: unknown;
}

function toConversation(row: FoundRow, folded: string, digits: string | null): FoundConversation {
  const { contactId, name, phoneNumber, lastMessageId, preview, createdAt } = row;
  return {
    contactId,
    name,
    phoneNumber,
    lastMessage: { id: lastMessageId, preview, createdAt },
    match: toMatch(row, folded, digits),
  };
}

function toMatch(row: FoundRow, folded: string, digits: string | null): Match {
  const { field, messageId } = row;
  if (field === 'name') return { field, ...highlight(row.name, folded), messageId };
  if (field === 'phoneNumber') return { field, ...highlight(row.phoneNumber, folded), messageId };
  if (field === 'phoneDigits')
    return { field: 'phoneNumber', ...highlightDigits(row.phoneNumber, digits ?? ''), messageId };
  return { field, ...excerpt(row.messageExcerpt ?? '', folded), messageId };
}

/** One branch a field, each on its own index: an `or` over several tables would use none of them. */
const matched = (pattern: string, digitsPattern: string) => `
  select id as contact_id from contacts where fold_text(name) like ${pattern}
  union
  select id from contacts where fold_text(phone_number) like ${pattern}
  union
  select id from contacts where phone_digits like ${digitsPattern}
  union
  select contact_id from messages where fold_text(content) like ${pattern}`;

const COLUMNS = 'contact_id, name, phone_number, last_message_id, preview, last_message_at';

const CONVERSATIONS = `
  select ${COLUMNS} from conversation_changes join matched using (contact_id) where last_message_at is not null
  union all
  select ${COLUMNS} from recent_conversations v join matched using (contact_id)
  where not exists (select from conversation_changes c where c.contact_id = v.contact_id)`;

const SEARCH = `
  with matched as materialized (${matched('$2', '$3')}), page as (
    select * from (${CONVERSATIONS}) conversations
    where $7::timestamptz is null or (last_message_at, contact_id) < ($7, $8::bigint)
    order by last_message_at desc, contact_id desc
    limit $5 offset $6::bigint
  )
  select
    p.contact_id as "contactId",
    p.name,
    p.phone_number as "phoneNumber",
    p.last_message_id as "lastMessageId",
    p.preview,
    p.last_message_at as "createdAt",
    case
      when strpos(fold_text(p.name), $1) > 0 then 'name'
      when strpos(fold_text(p.phone_number), $1) > 0 then 'phoneNumber'
      when strpos(regexp_replace(p.phone_number, '[^0-9]', '', 'g'), $4) > 0 then 'phoneDigits'
      else 'message'
    end as field,
    newest.id as "messageId",
    match_excerpt(newest.content, $1) as "messageExcerpt"
  from page p
  left join lateral (
    select id, content from messages
    where contact_id = p.contact_id and strpos(fold_text(content), $1) > 0
      and strpos(fold_text(p.name), $1) = 0 and strpos(fold_text(p.phone_number), $1) = 0
      and coalesce(strpos(regexp_replace(p.phone_number, '[^0-9]', '', 'g'), $4), 0) = 0
    order by created_at desc, id desc
    limit 1
  ) newest on true
  order by p.last_message_at desc, p.contact_id desc`;

const SUMMARY = `
  with matched as materialized (${matched('$1', '$2')})
  select
    (select count(*) from (${CONVERSATIONS}) conversations) as "total",
    (select count(*) from conversation_changes) as "pendingChanges",
    (
      select started_at from view_refreshes
      where view_name = '${RECENT_CONVERSATIONS}' and finished_at is not null and error is null
      order by started_at desc limit 1
    ) as "refreshedAt"`;
