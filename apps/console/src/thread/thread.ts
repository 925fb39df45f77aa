import { batch } from '@preact/signals';
import { isOlder, mergePage, type Stretch, touches, trimStretch } from './merge-page.ts';
import { type Message, readAround, readBeyond, readContact, readNewest } from './read-thread.ts';
import {
  announcement,
  contact,
  enqueue,
  hasUnseen,
  type OpenThread,
  openedAt,
  openedThread,
  replaceThread,
  stretch,
} from './thread-state.ts';

/** Opens a thread at a message, or at its newest. A message that was deleted meanwhile is no reason not to open its thread. */
export async function openThread(contactId: number, messageId: number | null): Promise<void> {
  const own = replaceThread(contactId);
  if (own) await enqueue(own, () => readWhole(own, messageId));
}

async function readWhole(own: OpenThread, messageId: number | null): Promise<void> {
  const { signal } = own.abort;
  const [read, around] = await Promise.all([
    readContact(own.contactId, signal),
    messageId === null ? undefined : readAround(own.contactId, messageId, signal),
  ]);
  const page = around ?? (await readNewest(own.contactId, signal));
  if (own !== openedThread()) return;
  batch(() => {
    contact.value = read;
    stretch.value = page;
    openedAt.value = { messageId: around ? messageId : null };
  });
}

/** Reads on where the stretch ends, unless that is the end of the thread. */
export async function readOn(direction: 'older' | 'newer'): Promise<void> {
  const own = openedThread();
  if (!own) return;
  const edge = () => {
    const { messages, isAtOldest, isAtNewest } = stretch.peek();
    if (direction === 'older') return isAtOldest ? undefined : messages[0];
    return isAtNewest ? undefined : messages.at(-1);
  };
  await enqueue(own, async () => {
    for (let from = edge(); from !== undefined; from = edge()) {
      const page = await readBeyond(own.contactId, from, direction, own.abort.signal);
      if (own !== openedThread()) return;
      if (page) return show(trimStretch(mergePage(stretch.peek(), page), direction));
      drop(from.id);
    }
  });
}

/**
 * Shows what has changed since: new messages at the end, and what was deleted of what `visibleId` stands in goes. Called again before
 * it has begun, it is done once.
 */
export async function refreshThread(visibleId: () => number | null): Promise<void> {
  const own = openedThread();
  if (!own || own.isRefreshQueued) return;
  own.isRefreshQueued = true;
  await enqueue(own, async () => {
    own.isRefreshQueued = false;
    if (contact.peek() === null) return readWhole(own, null); // it could not be opened before
    const { signal } = own.abort;
    const [read, newest] = await Promise.all([readContact(own.contactId, signal), readNewest(own.contactId, signal)]);
    if (own !== openedThread()) return;
    contact.value = read;
    const id = visibleId();
    const isReadAtEnd = id === null || newest.messages.some((one) => one.id === id);
    showNewer(newest, isReadAtEnd);
    if (!isReadAtEnd) await refreshAround(own, id);
  });
}

/** A reader who is elsewhere keeps what is read, however much comes. */
function showNewer(newest: Stretch<Message>, isReadAtEnd: boolean): void {
  const shown = stretch.peek();
  const last = shown.messages.at(-1);
  if (last === undefined || newest.messages.length === 0) return void show(newest);
  if (!shown.isAtNewest || !touches(shown, newest)) {
    batch(() => {
      stretch.value = { ...shown, isAtNewest: false };
      hasUnseen.value = true;
    });
    return;
  }
  announce(newest.messages.filter((message) => isOlder(last, message)));
  const merged = mergePage(shown, newest);
  show(isReadAtEnd ? trimStretch(merged, 'newer') : merged);
}

/** Where the message itself is gone, its neighbour is looked for. */
async function refreshAround(own: OpenThread, visibleId: number): Promise<void> {
  for (let id: number | undefined = visibleId; id !== undefined; ) {
    const page = await readAround(own.contactId, id, own.abort.signal);
    if (own !== openedThread()) return;
    if (page) return show(mergePage(stretch.peek(), page));
    const { messages } = stretch.peek();
    const next: Message | undefined = messages[messages.findIndex((one) => one.id === id) + 1];
    drop(id);
    id = next?.id;
  }
}

function announce(messages: readonly Message[]): void {
  const [only] = messages;
  if (only === undefined) return;
  const isOne = messages.length === 1;
  announcement.value = isOne ? `New message: ${only.content.slice(0, 200)}` : `${messages.length} new messages`;
}

function show(next: Stretch<Message>): void {
  batch(() => {
    stretch.value = next;
    if (next.isAtNewest) hasUnseen.value = false;
  });
}

function drop(messageId: number): void {
  const shown = stretch.peek();
  stretch.value = { ...shown, messages: shown.messages.filter(({ id }) => id !== messageId) };
}
