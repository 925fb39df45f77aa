import type { Schemas } from '@messaging/client';
import { createEndlessList, type ListPage } from '../lists/endless-list.ts';
import { place } from '../navigation/place.ts';
import { api, dataOf } from '../session/api.ts';

export type ListedMessage = Schemas['ListedMessage'];

/** The messages that the search and the filters of the page leave, newest first. */
export const allMessages = createEndlessList<ListedMessage>(readPage, ({ id }) => id);

async function readPage(cursor: string | undefined, signal: AbortSignal): Promise<ListPage<ListedMessage>> {
  const { search, direction, ofContactId, from, to } = place.peek();
  const query = {
    searchValue: search,
    pageSize: 100,
    ...(direction === null ? {} : { direction }),
    ...(ofContactId === null ? {} : { contactId: ofContactId }),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
    ...(cursor === undefined ? {} : { cursor }),
  };
  const { messages: rows, pagination } = await dataOf(api().GET('/api/messages', { params: { query }, signal }));
  return { ...pagination, rows: rows as ListedMessage[] }; // the client's types lose that a range has two ends
}
