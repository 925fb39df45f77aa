import { computed, effect, untracked } from '@preact/signals';
import { contacts } from '../contacts/contacts.ts';
import { conversations } from '../conversations/conversations.ts';
import { allMessages } from '../messages/all-messages.ts';
import { place } from '../navigation/place.ts';
import { apiKey } from '../session/key.ts';
import { followLive } from './live.ts';

/** How long a search waits for the next letter. */
const TYPING_MS = 120;

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
    apiKey.value; // with another key everything is read anew
    const timer = setTimeout(() => void LISTS[place.peek().view].restart(), isFirst ? 0 : TYPING_MS);
    isFirst = false;
    return () => clearTimeout(timer);
  });
  effect(() => {
    apiKey.value;
    const stop = new AbortController();
    untracked(() => void followLive(stop.signal));
    return () => stop.abort();
  });
}
