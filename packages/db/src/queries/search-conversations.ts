import type { Match, Pagination } from '@messaging/shared';
import { withCancellation } from '../cancel.ts';
import type { Pool, Queryable } from '../pool.ts';
import { describeMatches } from '../search/describe-matches.ts';
import { type Found, findConversations } from '../search/find-conversations.ts';
import type { FoundRow } from '../search/found-row.ts';
import { toSearchTerm } from '../search/term.ts';
import { type PageRequest, toPageStart, toPagination } from './page.ts';

/** A page of the conversations that match a term. */
export interface SearchPage {
  conversations: FoundConversation[];
  pagination: Pagination;
  /** Which of the ways to search answered. */
  path: Found['path'];
}

export interface FoundConversation {
  contactId: number;
  name: string;
  phoneNumber: string;
  lastMessage: { id: number; preview: string; createdAt: string };
  match: Match;
}

/**
 * Lists the conversations whose contact's name, phone number, or any message contains `text`, newest first. Complete
 * over the whole history, and as fresh as the list. `text` is trimmed and not empty.
 * When `signal` aborts, the search is cancelled in PostgreSQL. `pool` is one of createPool's `search` pools.
 * @throws InvalidInputError for a cursor of another list or another term; UnavailableError when it takes too long
 */
export function searchConversations(
  pool: Pool,
  text: string,
  request: PageRequest,
  signal?: AbortSignal,
): Promise<SearchPage> {
  return withCancellation(pool, signal, (db) => search(db, text, request));
}

async function search(db: Queryable, text: string, request: PageRequest): Promise<SearchPage> {
  const { pageSize } = request;
  const scope = `conversations:${text}`;
  const term = toSearchTerm(text);
  const start = toPageStart(request, scope);
  const [lastAt, lastContactId, seen] = (start.after ?? ['', 0, start.offset]) as [string, number, number];
  const after: [string, number] | null = start.after && [lastAt, lastContactId];
  const found = await findConversations(db, term, { after, offset: start.offset, seen, wanted: pageSize + 1 });

  const shown = found.rows.slice(0, pageSize);
  const last = shown.at(-1);
  const facts = {
    hasMore: found.rows.length > pageSize,
    lastKey: last ? [last.createdAt, last.contactId, seen + shown.length] : null,
    total: found.total,
    totalIsExact: found.totalIsExact,
  };
  const ids = shown.map(({ contactId }) => contactId);
  const matches = await describeMatches(db, term, ids, { fromSegments: found.path !== 'messages' });
  return {
    conversations: shown.flatMap((row) => toConversation(row, matches.get(row.contactId))),
    pagination: toPagination(facts, start.page, pageSize, scope),
    path: found.path,
  };
}

function toConversation(row: FoundRow, match: Match | undefined): FoundConversation[] {
  if (!match) return [];
  const { contactId, name, phoneNumber, lastMessageId, preview, createdAt } = row;
  return [{ contactId, name, phoneNumber, lastMessage: { id: lastMessageId, preview, createdAt }, match }];
}
