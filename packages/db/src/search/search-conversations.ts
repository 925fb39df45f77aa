import { foundKey, type Match, type Pagination } from '@messaging/shared';
import { withCancellation } from '../connection/cancel.ts';
import type { Pool } from '../connection/pool.ts';
import { getViewStatus, type ViewStatus } from '../queries/get-view-status.ts';
import { type PageRequest, toPageStart, toPagination } from '../queries/page.ts';
import { describeMatches } from './describe-matches.ts';
import { find } from './find.ts';
import type { Found, FoundRow } from './found.ts';
import { loadSearchTerm } from './term.ts';

/** A page of the conversations that match a term. */
export interface SearchPage {
  conversations: FoundConversation[];
  pagination: Pagination;
  /** Which method found them: the scan of recent conversations, or all candidates of the index. */
  way: Found['way'];
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
 * Lists the conversations in which the contact's name, phone number, or any message contains `text`, newest first. The
 * search covers the whole history and is as fresh as the list. `text` is trimmed and not empty. `pool` is a pool of
 * createPool for index scans. When `signal` aborts, the search is cancelled in PostgreSQL.
 * @throws InvalidInputError for a cursor of another list or another term, and for a term of ignored characters only
 * @throws UnavailableError when it takes too long
 */
export function searchConversations(
  pool: Pool,
  text: string,
  request: PageRequest,
  signal?: AbortSignal,
): Promise<SearchPage> {
  const { pageSize } = request;
  const scope = `conversations:${text}`;
  const { page, offset, after: cursor } = toPageStart(request, scope, foundKey);
  const [lastAt, lastContactId, seen] = cursor ?? ['', 0, 0];
  return withCancellation(pool, signal, async (db) => {
    const term = await loadSearchTerm(db, text);
    const after: [string, number] | null = cursor && [lastAt, lastContactId];
    const { rows, total, totalIsExact, way, among } = await find(db, term, { after, offset, limit: pageSize + 1 });
    const shown = rows.slice(0, pageSize);
    const last = shown.at(-1);
    const facts = {
      hasMore: rows.length > pageSize,
      lastKey: last ? [last.createdAt, last.contactId, seen + offset + shown.length] : null,
      total: seen + total,
      totalIsExact,
    };
    const contactIds = shown.map(({ contactId }) => contactId);
    const matches = await describeMatches(db, term, contactIds, among);
    return {
      conversations: shown.flatMap((row) => toConversation(row, matches.get(row.contactId))),
      pagination: toPagination(facts, page, pageSize, scope),
      way,
      view: await getViewStatus(db),
    };
  });
}

function toConversation(row: FoundRow, match: Match | undefined): FoundConversation[] {
  if (!match) return [];
  const { contactId, name, phoneNumber, lastMessageId, preview, createdAt } = row;
  return [{ contactId, name, phoneNumber, lastMessage: { id: lastMessageId, preview, createdAt }, match }];
}
