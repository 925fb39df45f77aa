import type { Schemas } from '@messaging/client';
import { createEndlessList, type ListPage } from '../lists/endless-list.ts';
import { place } from '../navigation/place.ts';
import { api, dataOf } from '../session/api.ts';
import { mergeFirstPage, placeRow } from './merge-first-page.ts';

export type Conversation = Schemas['Conversation'];

const PAGE_SIZE = 100;
/** Changed rows below the first page that are read one by one; for more the list is read anew. */
const MOST_SINGLE_READS = 20;

/** The conversations that the search of the page finds, or all. */
export const conversations = createEndlessList<Conversation>(readPage, ({ contactId }) => contactId);

/** Shows what has changed: rows above what is read are added, and rows that are gone leave. */
export async function showChanges(changes: readonly Schemas['Change'][]): Promise<void> {
  const idsOf = (kind: string) => new Set(changes.filter((one) => one.kind === kind).map(({ contactId }) => contactId));
  const [changed, deleted, search] = [idsOf('changed'), idsOf('deleted'), place.peek().search];
  const { rows: first, ...page } = await readPage(undefined);
  if (place.peek().search !== search || conversations.isLoading.peek()) return;
  const isWhole = page.nextCursor === null;
  const merged = mergeFirstPage(conversations.rows.peek(), first, { changed, deleted, isWhole });
  const isOnlyPage = merged.rows.length === first.length;
  conversations.replace(merged.rows, isOnlyPage ? page : undefined);
  if (merged.stale.length > MOST_SINGLE_READS) await conversations.restart();
  else for (const contactId of merged.stale) await showAnew(contactId);
}

async function readPage(cursor: string | undefined, signal?: AbortSignal): Promise<ListPage<Conversation>> {
  const query = { searchValue: place.peek().search, pageSize: PAGE_SIZE, ...(cursor === undefined ? {} : { cursor }) };
  const asked = api().GET('/api/conversations', { params: { query }, ...(signal ? { signal } : {}) });
  const { conversations: rows, pagination } = await dataOf(asked);
  return { ...pagination, rows: rows as Conversation[] }; // the client's types lose that a range has two ends
}

/** Its name and its last message; where the search found it stays as it was. */
async function showAnew(contactId: number): Promise<void> {
  const path = { contactId };
  const [{ name, phoneNumber }, { messages }] = await Promise.all([
    dataOf(api().GET('/api/contacts/{contactId}', { params: { path } })),
    dataOf(api().GET('/api/messages', { params: { query: { contactId, pageSize: 1 } } })),
  ]);
  const [rows, last] = [conversations.rows.peek(), messages[0]];
  const old = rows.find((row) => row.contactId === contactId);
  if (!old || !last) return;
  const { id, preview, direction, createdAt } = last;
  const row = { ...old, name, phoneNumber, lastMessage: { id, preview, direction, createdAt } };
  conversations.replace(placeRow(rows, row, { isWhole: !conversations.hasMore.peek() }));
}
