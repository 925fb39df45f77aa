import type { Schemas } from '@messaging/client';
import { batch, signal } from '@preact/signals';
import { api, dataOf, describeError, isAbort, RefusedError } from '../session/api.ts';
import { mergePage, type Stretch, touches, trimStretch } from './merge-page.ts';
import { type Message, readBeyond, readThreadPage } from './read-thread.ts';

const EMPTY: Stretch<Message> = { messages: [], isAtOldest: true, isAtNewest: true };

/** With whom the open thread is; null while it is being opened. */
export const contact = signal<Schemas['ContactDetail'] | null>(null);
/** What is shown of the thread. */
export const stretch = signal<Stretch<Message>>(EMPTY);
export const threadError = signal<string | null>(null);
export const isReadingThread = signal(false);
/** Newer messages than those shown have come. */
export const hasUnseen = signal(false);

let opened: { contactId: number; abort: AbortController } | null = null;

/** Opens a thread at a message, or at its newest. What was being read of another one is cancelled. */
export async function openThread(contactId: number, messageId: number | null): Promise<void> {
  closeThread();
  const own = { contactId, abort: new AbortController() };
  opened = own;
  await reading(async () => {
    const path = { contactId };
    const [read, page] = await Promise.all([
      dataOf(api().GET('/api/contacts/{contactId}', { params: { path }, signal: own.abort.signal })),
      readAtMessage(contactId, messageId, own.abort.signal),
    ]);
    if (own !== opened) return;
    batch(() => {
      contact.value = read;
      stretch.value = page;
    });
  });
}

/** Forgets the open thread. */
export function closeThread(): void {
  opened?.abort.abort();
  opened = null;
  batch(() => {
    contact.value = null;
    stretch.value = EMPTY;
    threadError.value = null;
    hasUnseen.value = false;
    isReadingThread.value = false;
  });
}

/** Reads on where the stretch ends, unless that is the end, or something is being read. */
export async function readOn(direction: 'older' | 'newer'): Promise<void> {
  const { messages, isAtOldest, isAtNewest } = stretch.value;
  const edge = direction === 'older' ? messages[0] : messages.at(-1);
  if (!opened || !edge || isReadingThread.value || (direction === 'older' ? isAtOldest : isAtNewest)) return;
  const own = opened;
  await reading(async () => {
    const page = await readBeyond(own.contactId, edge, direction, own.abort.signal);
    if (own === opened) show(trimStretch(mergePage(stretch.value, page), direction));
  });
}

/** Shows what has changed since: new messages at the end, and what was deleted of what `visibleId` stands in goes. */
export async function refreshThread(visibleId: number | null): Promise<void> {
  if (!opened) return;
  const own = opened;
  await reading(async () => {
    const first = await readThreadPage(own.contactId, { page: 1 }, own.abort.signal);
    if (own !== opened) return;
    const shown = stretch.value;
    if (shown.messages.length === 0 || first.messages.length === 0) return show(first);
    if (shown.isAtNewest && touches(shown, first)) show(trimStretch(mergePage(shown, first), 'newer'));
    else
      batch(() => {
        stretch.value = { ...shown, isAtNewest: false };
        hasUnseen.value = true;
      });
    if (visibleId === null || first.messages.some(({ id }) => id === visibleId)) return;
    const around = await readThreadPage(own.contactId, { around: visibleId }, own.abort.signal);
    if (own === opened) show(mergePage(stretch.value, around));
  });
}

/** Leaves what is read and shows the newest messages. */
export const showNewest = (): Promise<void> => (opened ? openThread(opened.contactId, null) : Promise.resolve());

function show(next: Stretch<Message>): void {
  batch(() => {
    stretch.value = next;
    if (next.isAtNewest) hasUnseen.value = false;
  });
}

/** A message that was deleted meanwhile is no reason not to open its thread. */
async function readAtMessage(contactId: number, messageId: number | null, signal: AbortSignal) {
  if (messageId === null) return readThreadPage(contactId, { page: 1 }, signal);
  return readThreadPage(contactId, { around: messageId }, signal).catch((error) => {
    if (error instanceof RefusedError && error.status === 404) return readThreadPage(contactId, { page: 1 }, signal);
    throw error;
  });
}

async function reading(work: () => Promise<void>): Promise<void> {
  const own = opened;
  isReadingThread.value = true;
  try {
    await work();
    if (own === opened) threadError.value = null;
  } catch (error) {
    if (own === opened && !isAbort(error)) threadError.value = describeError(error);
  } finally {
    if (own === opened) isReadingThread.value = false;
  }
}
