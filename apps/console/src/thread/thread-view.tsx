import { Fragment, type JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ContactActions } from '../contacts/contact-actions.tsx';
import { Failure, Notice } from '../lists/notice.tsx';
import { goTo, place } from '../navigation/place.ts';
import { dayOf } from '../text/times.ts';
import { useKeptPlace } from './keep-place.ts';
import { MessageBubble } from './message-bubble.tsx';
import { SendBox } from './send-box.tsx';
import { openThread, readOn } from './thread.ts';
import {
  announcement,
  contact,
  hasUnseen,
  isReadingThread,
  openedAt,
  replaceThread,
  stretch,
  threadError,
} from './thread-state.ts';
import { visibleMessage } from './visible-message.ts';

/** How near to an end of what is shown more is read, in pixels. */
const NEAR_PX = 600;

/** The open thread: whose it is, its messages, and a box to send one. */
export function ThreadView(): JSX.Element {
  const { contactId, messageId } = place.value;
  useEffect(() => {
    if (contactId === null) replaceThread(null);
    else void openThread(contactId, messageId);
  }, [contactId, messageId]);
  if (contactId === null) return <Notice>Choose a conversation.</Notice>;
  return (
    <>
      <header class="thread-header">
        <button type="button" class="back" onClick={() => goTo({ contactId: null, messageId: null })}>
          <span aria-hidden="true">←</span> <span class="visually-hidden">Back to the list</span>
        </button>
        <h2>
          <bdi>{contact.value?.name ?? '…'}</bdi>
        </h2>
        <bdi class="phone-number">{contact.value?.phoneNumber}</bdi>
        {contact.value && (
          <ContactActions
            contact={contact.value}
            onChanged={(changed) => {
              contact.value = { ...changed, lastMessageAt: contact.value?.lastMessageAt ?? null };
            }}
            onDeleted={() => goTo({ contactId: null, messageId: null })}
          />
        )}
      </header>
      {threadError.value !== null && (
        <Failure message={threadError.value} onRetry={() => void openThread(contactId, messageId)} />
      )}
      {contact.value === null && threadError.value === null && <Notice>Loading …</Notice>}
      {contact.value !== null && <Messages />}
      {contact.value !== null && <SendBox key={contactId} contactId={contactId} />}
    </>
  );
}

function Messages(): JSX.Element {
  const scroller = useRef<HTMLElement>(null);
  const { messageId } = place.value;
  const { remember, visibleId } = useKeptPlace(scroller, { openedAt: openedAt.value, stretch: stretch.value });
  const { messages, isAtNewest } = stretch.value;
  useEffect(() => {
    visibleMessage.current = visibleId;
  });
  const onScroll = () => {
    remember();
    readNearEnd(scroller.current);
  };
  // A screen that the first page does not fill has nothing to scroll.
  useEffect(() => readNearEnd(scroller.current));
  return (
    <div class="messages">
      <p class="visually-hidden" role="status">
        {announcement}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever uses the keyboard has to be able to scroll it */}
      <section ref={scroller} class="scroller" tabIndex={0} aria-label="Messages" onScroll={onScroll}>
        {messages.length === 0 && <Notice>No messages yet. Send the first one.</Notice>}
        <ol>
          {messages.map((message, index) => {
            const day = dayOf(message.createdAt);
            const before = messages[index - 1];
            return (
              <Fragment key={message.id}>
                {(!before || dayOf(before.createdAt) !== day) && <li class="day">{day}</li>}
                <MessageBubble message={message} isHit={message.id === messageId} />
              </Fragment>
            );
          })}
        </ol>
      </section>
      {!isAtNewest && (
        <button type="button" class="to-newest" onClick={showNewest}>
          {hasUnseen.value ? 'New messages' : 'Newest'} <span aria-hidden="true">↓</span>
        </button>
      )}
    </div>
  );
}

/** Leaves what is read. */
function showNewest(): void {
  const { contactId, messageId } = place.peek();
  if (messageId !== null) goTo({ messageId: null });
  else if (contactId !== null) void openThread(contactId, null);
}

function readNearEnd(element: HTMLElement | null): void {
  if (!element || isReadingThread.peek()) return;
  const { isAtOldest, isAtNewest } = stretch.peek();
  if (element.scrollTop < NEAR_PX && !isAtOldest) void readOn('older');
  else if (!isAtNewest && element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX)
    void readOn('newer');
}
