import { expect } from '@jest/globals';
import type { Pool } from '../src/connection/pool.ts';
import { getContact } from '../src/queries/get-contact.ts';
import { listConversations } from '../src/queries/list-conversations.ts';
import { listMessages, type MessagesRequest } from '../src/queries/list-messages.ts';
import { describeMatches } from '../src/search/describe-matches.ts';
import { findFiltered } from '../src/search/filtered.ts';
import { findRecent } from '../src/search/recent.ts';
import { searchConversations } from '../src/search/search-conversations.ts';
import { loadSearchTerm } from '../src/search/term.ts';
import { findCandidates } from '../src/search-index/find-candidates.ts';
import { indexSegments } from '../src/search-index/index-segments.ts';
import type { Fixture } from './support.ts';

/** Frequent, middling, rare, absent, without trigrams, of few letters, in other scripts, and what looks like a phone number. */
const TERMS = [
  'the',
  'tomorrow',
  'happy',
  'imported again',
  'zzyzx 4711',
  'xq',
  '§',
  '%',
  '日本',
  'привет',
  '555',
  'jose',
];
const TERMS_BY_EVERY_WAY = ['tomorrow', 'imported again', 'xq'];
const EVERYTHING = { after: null, offset: 0, limit: 10_000 };

/** What the reads of every kind answer, but for what differs between two databases with the same history. */
export async function answersOf({ pool, readPool }: Fixture, contactIds: number[]): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = { list: await wholeList(pool) };
  for (const contactId of contactIds) {
    answers[`thread ${contactId}`] = await threadOf(pool, contactId);
    const { updatedAt: _, ...contact } = await getContact(pool, contactId);
    answers[`contact ${contactId}`] = contact;
  }
  for (const text of TERMS) {
    const { conversations, pagination } = await searchConversations(readPool, text, { pageSize: 200 });
    // Whether a total is exact is the way's that was chosen, and that may be another one here and there.
    const { totalIsExact, total, totalPages: _, ...page } = pagination;
    answers[`search ${text}`] = [conversations, page, totalIsExact ? total : 'at least'];
  }
  for (const text of TERMS_BY_EVERY_WAY) answers[`every way ${text}`] = await everyWay(readPool, text);
  return answers;
}

async function wholeList(pool: Pool): Promise<unknown[]> {
  const rows: unknown[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await listConversations(pool, { pageSize: 200, cursor: cursor ?? undefined });
    rows.push(page.pagination.total, ...JSON.parse(page.itemsJson));
    cursor = page.pagination.nextCursor;
  } while (cursor);
  return rows;
}

/** The first page, the next, one by number, the last, and the page around a message of each. */
async function threadOf(pool: Pool, contactId: number): Promise<unknown[]> {
  const read = async (request: Omit<MessagesRequest, 'contactId'>) => {
    const { snapshot: _, ...page } = await listMessages(pool, { contactId, ...request });
    return page;
  };
  const first = await read({ pageSize: 7 });
  const { totalPages, nextCursor } = first.pagination;
  const pages = [
    first,
    ...(nextCursor ? [await read({ pageSize: 7, cursor: nextCursor })] : []),
    await read({ pageSize: 7, page: Math.ceil(totalPages / 2) || 1 }),
    await read({ pageSize: 7, page: totalPages || 1 }),
  ];
  for (const { itemsJson } of [...pages]) {
    const [message] = JSON.parse(itemsJson).toReversed() as { id: number }[];
    if (message) pages.push(await read({ pageSize: 7, around: message.id }));
  }
  return pages;
}

/** Among the recent conversations and through the index; both the same. */
async function everyWay(pool: Pool, text: string): Promise<unknown> {
  const term = await loadSearchTerm(pool, text);
  const recent = await findRecent(pool, term, EVERYTHING, { depth: 10_000 });
  const filtered = await findFiltered(pool, term, EVERYTHING, await findCandidates(pool, term.bits));
  const ids = recent.rows.map(({ contactId }) => contactId);
  expect([text, filtered.rows.map(({ contactId }) => contactId)]).toEqual([text, ids]);
  const described = await describeMatches(pool, term, ids.slice(0, 20));
  return { ids, matches: [...described].sort(([a], [b]) => a - b) };
}

/** Refreshes, and indexes all segments. */
export async function settle({ pool, refresh }: Fixture): Promise<void> {
  await refresh();
  await indexSegments(pool, { all: true });
}
