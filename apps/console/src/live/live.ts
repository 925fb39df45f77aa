import { followChanges, type Schemas } from '@messaging/client';
import { conversations } from '../conversations/conversations.ts';
import { place } from '../navigation/place.ts';
import { api, BASE_URL, dataOf, keyOption, watchedFetch } from '../session/api.ts';
import { keyWanted } from '../session/key.ts';
import { isFollowing } from '../session/status.ts';
import { waitAtMost } from '../session/wait.ts';
import { refreshThread } from '../thread/thread.ts';
import { visibleMessage } from '../thread/visible-message.ts';
import { createChangeDisplay } from './change-display.ts';

/** How long a refusal that is not about the key is waited for: a service that is being replaced may refuse for a while. */
const REFUSED_PAUSE_MS = 30_000;

/** Shows every change as long as `signal` does not abort. Without a key that is accepted it ends: another key begins anew. */
export async function followLive(signal: AbortSignal): Promise<void> {
  const display = createChangeDisplay(signal);
  const target = { baseUrl: BASE_URL, fetch: watchedFetch, ...keyOption() };
  const onConnection = (isConnected: boolean) => {
    if (!signal.aborted) isFollowing.value = isConnected;
  };
  while (!signal.aborted) {
    try {
      for await (const { changes } of followChanges({ ...target, readAnew, onConnection, signal }))
        display.add(changes);
    } catch {
      onConnection(false);
      if (keyWanted.peek() !== null) return;
      await waitAtMost(REFUSED_PAUSE_MS, signal);
    }
  }
}

/** The cursor first: whatever changes while the lists are read comes again. A replica's lists have no cursor of their own. */
async function readAnew(): Promise<string> {
  const { cursor } = (await dataOf(api().GET('/api/changes'))) as Schemas['ChangesAnswer'];
  const isListShown = place.peek().view === 'conversations';
  await Promise.all([isListShown && conversations.restart(), refreshThread(visibleMessage.current)]);
  return cursor;
}
