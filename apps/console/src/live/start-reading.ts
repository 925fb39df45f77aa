import { computed, effect, untracked } from '@preact/signals';
import { contacts } from '../contacts/contacts.ts';
import { conversations, readConversations } from '../conversations/conversations.ts';
import { allMessages } from '../messages/all-messages.ts';
import { place } from '../navigation/place.ts';
import { keyVersion } from '../session/key.ts';
import { isFollowing, isReachable } from '../session/status.ts';
import { openThread } from '../thread/thread.ts';
import { threadError } from '../thread/thread-state.ts';
import { followLive } from './live.ts';

/** How long a search waits for the next letter. */
const TYPING_MS = 120;
/** How often a service that cannot be reached is tried. */
const RETRY_MS = 3_000;
/** How often the status line is brought up to date while nothing else is read. */
const STATUS_MS = 30_000;

const LISTS = { conversations, messages: allMessages, contacts };

/** Reads the list of the page whenever what it shows is another one, and follows the live changes. */
export function startReading(): void {
  const wanted = computed(() => {
    const { view, search, direction, ofContactId, from, to } = place.value;
    return JSON.stringify([view, search, direction, ofContactId, from, to]);
  });
  let isFirst = true;
  effect(() => {
    wanted.value;
    keyVersion.value; // with another key everything is read anew
    untracked(() => void LISTS[place.peek().view].restart(isFirst ? 0 : TYPING_MS));
    isFirst = false;
  });
  effect(() => {
    keyVersion.value;
    const stop = new AbortController();
    untracked(() => void followLive(stop.signal));
    return () => stop.abort();
  });
  effect(() => {
    if (isFollowing.value) untracked(retryFailed);
  });
  effect(() => {
    const timer = isReachable.value ? setInterval(readStatus, STATUS_MS) : setInterval(retryFailed, RETRY_MS);
    return () => clearInterval(timer);
  });
}

/** What could not be read, or else just the status: the service may be there again. */
function retryFailed(): void {
  const { view, contactId, messageId } = place.peek();
  const [isListFailed, isThreadFailed] = [LISTS[view].error.peek() !== null, threadError.peek() !== null];
  if (isListFailed) void LISTS[view].retry();
  if (isThreadFailed && contactId !== null) void openThread(contactId, messageId);
  if (!isListFailed && !isThreadFailed && !isReachable.peek()) readStatus();
}

/** Each response has what the status line shows. */
function readStatus(): void {
  if (document.visibilityState === 'visible') void readConversations(undefined, undefined, 1).catch(() => {});
}
