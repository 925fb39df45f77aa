import type { JSX } from 'preact';
import { ListBody } from '../lists/list-body.tsx';
import { SearchBox } from '../lists/search-box.tsx';
import { goTo, place } from '../navigation/place.ts';
import { ConversationRow } from './conversation-row.tsx';
import { type Conversation, conversations } from './conversations.ts';

const keyOf = ({ contactId }: Conversation) => contactId;

/** A hit is opened at the message that was found. */
function open({ contactId, match }: Conversation): void {
  goTo({ contactId, messageId: match?.messageId ?? null });
}

/** The recent conversations, and the search over all of them. */
export function ConversationsPanel(): JSX.Element {
  const { contactId } = place.value;
  return (
    <>
      <SearchBox label="Search names, numbers, messages" />
      <ListBody
        label="Conversations"
        list={conversations}
        keyOf={keyOf}
        rowHeight={76}
        emptyText={place.value.search === '' ? 'No messages yet.' : 'Nothing matches.'}
        isOpen={(row) => row.contactId === contactId}
        onOpen={open}
        renderRow={(row) => <ConversationRow conversation={row} />}
      />
    </>
  );
}
