import type { Schemas } from '@messaging/client';
import { createEndlessList, type ListPage } from '../lists/endless-list.ts';
import { place } from '../navigation/place.ts';
import { api, dataOf, dataOfResult } from '../session/api.ts';

export type Conversation = Schemas['Conversation'];

const PAGE_SIZE = 100;

/** The conversations that the search of the page finds, or all. */
export const conversations = createEndlessList<Conversation>(readConversations, ({ contactId }) => contactId);

/** A page of them. @throws RefusedError */
export async function readConversations(
  cursor: string | undefined,
  signal?: AbortSignal,
  pageSize = PAGE_SIZE,
): Promise<ListPage<Conversation>> {
  const query = { searchValue: place.peek().search, pageSize, ...(cursor === undefined ? {} : { cursor }) };
  const asked = api().GET('/api/conversations', { params: { query }, ...(signal ? { signal } : {}) });
  const { conversations: rows, pagination } = await dataOf(asked);
  return { ...pagination, rows: rows as Conversation[] }; // the client's types lose that a range has two ends
}

/**
 * A conversation as it is now; undefined where there is none any more. It says nothing of a search: where that found it is left
 * out. @throws RefusedError
 */
export async function readConversation(contactId: number): Promise<Omit<Conversation, 'match'> | undefined> {
  const [contact, { messages }] = await Promise.all([
    api().GET('/api/contacts/{contactId}', { params: { path: { contactId } } }),
    dataOf(api().GET('/api/messages', { params: { query: { contactId, pageSize: 1 } } })),
  ]);
  const last = messages[0];
  if (contact.response.status === 404 || !last) return undefined;
  const { name, phoneNumber } = dataOfResult(contact);
  const { id, preview, direction, createdAt } = last;
  return { contactId, name, phoneNumber, lastMessage: { id, preview, direction, createdAt } };
}
