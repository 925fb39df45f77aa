import type { Schemas } from '@messaging/client';
import { batch, signal } from '@preact/signals';
import { describeError, isAbort } from '../session/api.ts';
import type { Stretch } from './merge-page.ts';
import type { Message } from './read-thread.ts';

const EMPTY: Stretch<Message> = { messages: [], isAtOldest: true, isAtNewest: true };

/** With whom the open thread is; null while it is being opened. */
export const contact = signal<Schemas['ContactDetail'] | null>(null);
/** What is shown of the thread. */
export const stretch = signal<Stretch<Message>>(EMPTY);
export const threadError = signal<string | null>(null);
export const isReadingThread = signal(false);
/** Where the thread was opened: at a message, or at its newest. Another object for each time that one is opened. */
export const openedAt = signal<{ messageId: number | null }>({ messageId: null });
/** Newer messages than those shown have come. */
export const hasUnseen = signal(false);
/** What is said to who cannot see the page. */
export const announcement = signal('');

/** A thread that is open. What is read of it is read one after the other, so that no older state replaces a newer one. */
export interface OpenThread {
  contactId: number;
  abort: AbortController;
  queue: Promise<void>;
  isRefreshQueued: boolean;
}

let opened: OpenThread | null = null;

export const openedThread = (): OpenThread | null => opened;

/** Forgets the open thread and cancels what is read of it. With an id another one begins; null closes the thread. */
export function replaceThread(contactId: number | null): OpenThread | null {
  opened?.abort.abort();
  const isSame = contact.peek()?.id === contactId;
  opened =
    contactId === null
      ? null
      : { contactId, abort: new AbortController(), queue: Promise.resolve(), isRefreshQueued: false };
  batch(() => {
    if (!isSame) contact.value = null; // what stands around the messages stays where it is the same contact
    if (!isSame) stretch.value = EMPTY;
    threadError.value = null;
    hasUnseen.value = false;
    announcement.value = '';
    isReadingThread.value = false;
  });
  return opened;
}

/** Reads something of a thread once what was to be read before is there. Nothing is read of a thread that is not open any more. */
export function enqueue(own: OpenThread, read: () => Promise<void>): Promise<void> {
  own.queue = own.queue.then(async () => {
    if (own !== opened) return;
    isReadingThread.value = true;
    try {
      await read();
      if (own === opened) threadError.value = null;
    } catch (error) {
      if (own === opened && !isAbort(error)) threadError.value = describeError(error);
    } finally {
      if (own === opened) isReadingThread.value = false;
    }
  });
  return own.queue;
}
