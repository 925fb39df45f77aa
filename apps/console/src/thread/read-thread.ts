import type { Schemas } from '@messaging/client';
import { api, dataOf } from '../session/api.ts';
import { isOlder, type Stretch } from './merge-page.ts';

export type Message = Schemas['Message'];

/** A page of a thread, with its number. */
export type ThreadPage = Stretch<Message> & { page: number };

/** Which page: by its number, 1 has the newest messages, or the one that holds a message. */
export type WhichPage = { page: number } | { around: number };

/** @throws RefusedError, of status 404 where there is no such contact, or no such message in `around` */
export async function readThreadPage(contactId: number, which: WhichPage, signal: AbortSignal): Promise<ThreadPage> {
  const params = { path: { contactId }, query: { pageSize: 50, ...which } };
  const asked = api().GET('/api/contacts/{contactId}/messages', { params, signal });
  const { messages, pagination } = await dataOf(asked);
  const page = pagination.page ?? 1;
  return { messages: messages.toReversed(), isAtOldest: !pagination.hasMore, isAtNewest: page === 1, page };
}

/** The messages that follow `edge` in a direction: those of its page, or of the next one. */
export async function readBeyond(
  contactId: number,
  edge: Message,
  direction: 'older' | 'newer',
  signal: AbortSignal,
): Promise<ThreadPage> {
  const page = await readThreadPage(contactId, { around: edge.id }, signal);
  const isBeyond = (one: Message) => (direction === 'older' ? isOlder(one, edge) : isOlder(edge, one));
  if (page.messages.some(isBeyond) || (direction === 'older' ? page.isAtOldest : page.isAtNewest)) return page;
  return readThreadPage(contactId, { page: page.page + (direction === 'older' ? 1 : -1) }, signal);
}
