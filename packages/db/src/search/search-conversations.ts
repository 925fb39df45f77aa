import { type Conversation, foundKey, type Match, type Pagination } from '@messaging/shared';
import { withCancellation } from '../connection/cancel.ts';
import type { Pool } from '../connection/pool.ts';
import { getViewStatus, type ViewStatus } from '../queries/get-view-status.ts';
import { type PageRequest, rangeKey, rangeScope, type TimeRange, toPageStart, toPagination } from '../queries/page.ts';
import { describeMatches } from './describe-matches.ts';
import { find } from './find.ts';
import type { Found, FoundRow } from './found.ts';
import { loadSearchTerm } from './term.ts';

/** A page of the conversations that match a term. */
export interface SearchPage {
  conversations: Conversation[];
  pagination: Pagination;
  /** Which method found them: the scan of recent conversations, or all candidates of the index. */
  way: Found['way'];
  view: ViewStatus;
  /** As of a page: see JsonPage. */
  snapshot: string;
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
  request: PageRequest & TimeRange,
  signal?: AbortSignal,
): Promise<SearchPage> {
  const { pageSize } = request;
  const scope = rangeScope(`conversations:${text}`, request);
  const { page, offset, after: cursor } = toPageStart(request, scope, foundKey);
  const seen = cursor?.[2] ?? 0;
  const key = rangeKey(cursor, request);
  return withCancellation(pool, signal, async (db) => {
    const term = await loadSearchTerm(db, text);
    const range = {
      after: key && ([key[0], key[1]] as [string, number]),
      from: request.from,
      offset,
      limit: pageSize + 1,
    };
    const { rows, total, totalIsExact, way, among, snapshot } = await find(db, term, range);
    const shown = rows.slice(0, pageSize);
    const last = shown.at(-1);
    const facts = {
      hasMore: rows.length > pageSize,
      lastKey: last ? [last.lastAt, last.contactId, seen + offset + shown.length] : null,
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
      snapshot,
    };
  });
}

function toConversation({ lastAt: _, ...conversation }: FoundRow, match: Match | undefined): Conversation[] {
  return match ? [{ ...conversation, match }] : [];
}
