import type { JSX } from 'preact';
import { ContactsPanel } from './contacts/contacts-panel.tsx';
import { ConversationsPanel } from './conversations/conversations-panel.tsx';
import { MessagesPanel } from './messages/messages-panel.tsx';
import { goTo, place } from './navigation/place.ts';
import { type Place, type View, writePlace } from './navigation/place-query.ts';
import { KeyPrompt } from './session/key-prompt.tsx';
import { StatusLine } from './session/status-line.tsx';
import { ThreadView } from './thread/thread-view.tsx';

const PANELS = { conversations: ConversationsPanel, messages: MessagesPanel, contacts: ContactsPanel };
const TITLES = { conversations: 'Conversations', messages: 'Messages', contacts: 'Contacts' };

/** As in page.css. */
const NARROW = '(max-width: 720px)';
const NO_FILTERS = { search: '', direction: null, ofContactId: null, from: null, to: null };

/** The whole page: a list on the left, a thread on the right, and the status below. A narrow screen shows one of both. */
export function App(): JSX.Element {
  const { view, contactId } = place.value;
  const Panel = PANELS[view];
  return (
    <div class={`page ${contactId === null ? 'shows-list' : 'shows-thread'}`}>
      <header class="page-header">
        <h1>Messaging console</h1>
        <nav aria-label="Views">
          {(Object.keys(TITLES) as View[]).map((name) => (
            <ViewLink key={name} view={name} isCurrent={name === view} />
          ))}
        </nav>
      </header>
      <main>
        <section class="list-panel" aria-label={TITLES[view]}>
          <Panel />
        </section>
        <section class="thread-panel" aria-label="Thread">
          <ThreadView />
        </section>
      </main>
      <StatusLine />
      <KeyPrompt />
    </div>
  );
}

function ViewLink({ view, isCurrent }: { view: View; isCurrent: boolean }): JSX.Element {
  const target: Place = { ...place.value, ...NO_FILTERS, view };
  return (
    <a
      href={writePlace(target) || '?'}
      aria-current={isCurrent ? 'page' : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return; // another tab
        event.preventDefault();
        // A narrow screen would go on showing the thread.
        goTo(matchMedia(NARROW).matches ? { ...target, contactId: null, messageId: null } : target);
      }}
    >
      {TITLES[view]}
    </a>
  );
}
