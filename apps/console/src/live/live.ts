import { followChanges, type Schemas } from '@messaging/client';
import { conversations, showChanges } from '../conversations/conversations.ts';
import { place } from '../navigation/place.ts';
import { api, BASE_URL, dataOf, keyOption, watchedFetch } from '../session/api.ts';
import { isFollowing } from '../session/status.ts';
import { refreshThread } from '../thread/thread.ts';
import { visibleMessage } from '../thread/visible-message.ts';

/** Shows every change as long as `signal` does not abort. Refused for good, it ends: whoever gives another key begins anew. */
export async function followLive(signal: AbortSignal): Promise<void> {
  const target = { baseUrl: BASE_URL, fetch: watchedFetch, ...keyOption() };
  const onConnection = (isConnected: boolean) => {
    isFollowing.value = isConnected;
  };
  try {
    for await (const { changes } of followChanges({ ...target, readAnew, onConnection, signal })) await show(changes);
  } catch {
    // the reason is shown where the lists are: they are refused too
  } finally {
    isFollowing.value = false;
  }
}

/** The cursor first: whatever changes while the lists are read comes again. A replica's lists have no cursor of their own. */
async function readAnew(): Promise<string> {
  const { cursor } = (await dataOf(api().GET('/api/changes'))) as Schemas['ChangesAnswer'];
  await Promise.all([conversations.restart(), refreshThread(visibleMessage.current())]);
  return cursor;
}

/** A request that fails is no end: the next change, or a reconnection, reads again. */
async function show(changes: readonly Schemas['Change'][]): Promise<void> {
  const { contactId } = place.peek();
  const isOpen = changes.some((change) => change.contactId === contactId);
  await Promise.allSettled([showChanges(changes), isOpen && refreshThread(visibleMessage.current())]);
}
