import type { JSX } from 'preact';
import { DirectionMark } from '../lists/direction-mark.tsx';
import { Highlighted } from '../lists/highlighted.tsx';
import { ListBody } from '../lists/list-body.tsx';
import { SearchBox } from '../lists/search-box.tsx';
import { goTo, place } from '../navigation/place.ts';
import { fullTime, shortTime } from '../text/times.ts';
import { allMessages, type ListedMessage } from './all-messages.ts';
import { MessageFilters } from './message-filters.tsx';

const keyOf = ({ id }: ListedMessage) => id;
const open = ({ contactId, id }: ListedMessage) => goTo({ contactId, messageId: id });

/** All messages of all contacts, with a search and filters. */
export function MessagesPanel(): JSX.Element {
  const { messageId } = place.value;
  return (
    <>
      <SearchBox label="Search messages" />
      <MessageFilters />
      <ListBody
        label="Messages found"
        list={allMessages}
        keyOf={keyOf}
        rowHeight={76}
        emptyText="No message matches."
        isOpen={({ id }) => id === messageId}
        onOpen={open}
        renderRow={(message) => <MessageRow message={message} />}
      />
    </>
  );
}

function MessageRow({ message }: { message: ListedMessage }): JSX.Element {
  const { contactName, preview, direction, createdAt, match } = message;
  return (
    <>
      <div class="row-line">
        <strong>
          <bdi>{contactName}</bdi>
        </strong>
        <time dateTime={createdAt} title={fullTime(createdAt)}>
          {shortTime(createdAt)}
        </time>
      </div>
      <div class="row-detail two-lines">
        <DirectionMark direction={direction} />
        <Highlighted text={match?.snippet ?? preview} ranges={match?.ranges ?? []} />
      </div>
    </>
  );
}
