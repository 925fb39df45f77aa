import type { Schemas } from '@messaging/client';
import { api, dataOf, RefusedError } from '../session/api.ts';
import { isOlder, type Stretch } from './merge-page.ts';

export type Message = Schemas['Message'];

/** Sizes without a common factor: a message at the edge of a page of one size is inside of a page of another. */
const PAGE_SIZES = [100, 99, 97, 89];
const [PAGE_SIZE = 100] = PAGE_SIZES;

/** @throws RefusedError, of status 404 where there is no such contact */
export function readContact(contactId: number, signal: AbortSignal): Promise<Schemas['ContactDetail']> {
  const params = { path: { contactId } };
  return dataOf(api().GET('/api/contacts/{contactId}', { params, signal }));
}

/** The newest messages. @throws RefusedError, of status 404 where there is no such contact */
export function readNewest(contactId: number, signal: AbortSignal): Promise<Stretch<Message>> {
  return readPage(contactId, { pageSize: PAGE_SIZE }, signal);
}

/** The page that holds a message; undefined where that has been deleted. @throws RefusedError */
export function readAround(
  contactId: number,
  messageId: number,
  signal: AbortSignal,
  pageSize = PAGE_SIZE,
): Promise<Stretch<Message> | undefined> {
  return readPage(contactId, { around: messageId, pageSize }, signal).catch((error) => {
    if (error instanceof RefusedError && error.status === 404) return undefined;
    throw error;
  });
}

/**
 * A page that holds `edge` and goes beyond it, unless it is the last message there; undefined where it has been deleted. Pages by
 * number would leave a gap where messages come or go between two requests.
 */
export async function readBeyond(
  contactId: number,
  edge: Message,
  direction: 'older' | 'newer',
  signal: AbortSignal,
): Promise<Stretch<Message> | undefined> {
  const isBeyond = (one: Message) => (direction === 'older' ? isOlder(one, edge) : isOlder(edge, one));
  let page: Stretch<Message> | undefined;
  for (const pageSize of PAGE_SIZES) {
    page = await readAround(contactId, edge.id, signal, pageSize);
    if (!page || page.messages.some(isBeyond) || (direction === 'older' ? page.isAtOldest : page.isAtNewest)) break;
  }
  return page;
}

async function readPage(
  contactId: number,
  query: { pageSize: number; around?: number },
  signal: AbortSignal,
): Promise<Stretch<Message>> {
  const asked = api().GET('/api/contacts/{contactId}/messages', { params: { path: { contactId }, query }, signal });
  const { messages, pagination } = await dataOf(asked);
  return { messages: messages.toReversed(), isAtOldest: !pagination.hasMore, isAtNewest: pagination.page === 1 };
}
