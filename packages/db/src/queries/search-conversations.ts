import { foundKey, type Match, type Pagination } from '@messaging/shared';
import { withCancellation } from '../cancel.ts';
import type { Pool, Queryable } from '../pool.ts';
import { describeMatches } from '../search/describe-matches.ts';
import { findQuickly } from '../search/find-quickly.ts';
import { findSlowly } from '../search/find-slowly.ts';
import type { Found, Wanted } from '../search/found.ts';
import type { FoundRow } from '../search/found-row.ts';
import { type SearchTerm, toSearchTerm } from '../search/term.ts';
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
 * Pools of connections for searches, both createPool's `search`. What takes a few milliseconds does not wait behind what
 * takes a good part of a second.
 */
export interface SearchPools {
  quick: Pool;
  slow: Pool;
}

/**
 * Lists the conversations whose contact's name, phone number, or any message contains `text`, newest first. Complete
 * over the whole history, and as fresh as the list. `text` is trimmed and not empty.
 * When `signal` aborts, the search is cancelled in PostgreSQL.
 * @throws InvalidInputError for a cursor of another list or another term; UnavailableError when it takes too long
 */
export async function searchConversations(
  pools: SearchPools,
  text: string,
  request: PageRequest,
  signal?: AbortSignal,
): Promise<SearchPage> {
  const { pageSize } = request;
  const scope = `conversations:${text}`;
  const term = toSearchTerm(text);
  const start = toPageStart(request, scope, foundKey);
  const [lastAt, lastContactId, seen] = start.after ?? ['', 0, start.offset];
  const after: [string, number] | null = start.after && [lastAt, lastContactId];
  const found = await find(pools, term, { after, offset: start.offset, seen, wanted: pageSize + 1 }, signal);

  const shown = found.rows.slice(0, pageSize);
  const last = shown.at(-1);
  const facts = {
    hasMore: found.rows.length > pageSize,
    lastKey: last ? [last.createdAt, last.contactId, seen + shown.length] : null,
    total: found.total,
    totalIsExact: found.totalIsExact,
  };
  const conversations = await withCancellation(pools.quick, signal, (db) =>
    describe(db, term, shown, { fromSegments: found.path !== 'messages' }),
  );
  return { conversations, pagination: toPagination(facts, start.page, pageSize, scope), path: found.path };
}

async function find(
  { quick, slow }: SearchPools,
  term: SearchTerm,
  wanted: Wanted,
  signal: AbortSignal | undefined,
): Promise<Found> {
  const found = await withCancellation(quick, signal, (db) => findQuickly(db, term, wanted));
  if (typeof found === 'object' && 'rows' in found) return found;
  return withCancellation(slow, signal, (db) => findSlowly(db, term, wanted, found));
}

async function describe(
  db: Queryable,
  term: SearchTerm,
  rows: FoundRow[],
  options: { fromSegments: boolean },
): Promise<FoundConversation[]> {
  const contactIds = rows.map(({ contactId }) => contactId);
  const matches = await describeMatches(db, term, contactIds, options);
  return rows.flatMap((row) => toConversation(row, matches.get(row.contactId)));
}

function toConversation(row: FoundRow, match: Match | undefined): FoundConversation[] {
  if (!match) return [];
  const { contactId, name, phoneNumber, lastMessageId, preview, createdAt } = row;
  return [{ contactId, name, phoneNumber, lastMessage: { id: lastMessageId, preview, createdAt }, match }];
}
