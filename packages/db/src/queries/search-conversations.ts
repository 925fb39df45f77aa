import { foundKey, type Match, type Pagination } from '@messaging/shared';
import { withCancellation } from '../cancel.ts';
import type { Pool, Queryable } from '../pool.ts';
import { describeMatches } from '../search/describe-matches.ts';
import { findQuickly } from '../search/find-quickly.ts';
import { findSlowly } from '../search/find-slowly.ts';
import type { Found, Wanted } from '../search/found.ts';
import type { FoundRow } from '../search/found-row.ts';
import { type SearchTerm, toSearchTerm } from '../search/term.ts';
import { getViewStatus, type ViewStatus } from './get-view-status.ts';
import { type PageRequest, toPageStart, toPagination } from './page.ts';

/** A page of the conversations that match a term. */
export interface SearchPage {
  conversations: FoundConversation[];
  pagination: Pagination;
  /** Which of the ways to search answered. */
  path: Found['path'];
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
  const wanted = { after, offset: start.offset, seen, wanted: pageSize + 1 };
  const { found, conversations, view } = await find(pools, term, wanted, signal);

  const last = found.rows.slice(0, pageSize).at(-1);
  const facts = {
    hasMore: found.rows.length > pageSize,
    lastKey: last ? [last.createdAt, last.contactId, seen + Math.min(pageSize, found.rows.length)] : null,
    total: found.total,
    totalIsExact: found.totalIsExact,
  };
  return { conversations, pagination: toPagination(facts, start.page, pageSize, scope), path: found.path, view };
}

interface Answer {
  found: Found;
  conversations: FoundConversation[];
  view: ViewStatus;
}

/** Whoever finds them says the rest on the same connection: searches that wait for one wait once, or twice. */
async function find(
  { quick, slow }: SearchPools,
  term: SearchTerm,
  wanted: Wanted,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const answer = await withCancellation(quick, signal, async (db) => {
    const found = await findQuickly(db, term, wanted);
    return typeof found === 'object' && 'rows' in found ? complete(db, term, found, wanted) : found;
  });
  if (typeof answer === 'object' && 'found' in answer) return answer;
  return withCancellation(slow, signal, async (db) =>
    complete(db, term, await findSlowly(db, term, wanted, answer), wanted),
  );
}

async function complete(db: Queryable, term: SearchTerm, found: Found, { wanted }: Wanted): Promise<Answer> {
  const shown = found.rows.slice(0, wanted - 1);
  const contactIds = shown.map(({ contactId }) => contactId);
  const matches = await describeMatches(db, term, contactIds, { fromSegments: found.path !== 'messages' });
  const conversations = shown.flatMap((row) => toConversation(row, matches.get(row.contactId)));
  return { found, conversations, view: await getViewStatus(db) };
}

function toConversation(row: FoundRow, match: Match | undefined): FoundConversation[] {
  if (!match) return [];
  const { contactId, name, phoneNumber, lastMessageId, preview, createdAt } = row;
  return [{ contactId, name, phoneNumber, lastMessage: { id: lastMessageId, preview, createdAt }, match }];
}
