import type { JSX } from 'preact';
import { DirectionMark } from '../lists/direction-mark.tsx';
import { Highlighted } from '../lists/highlighted.tsx';
import { fullTime, shortTime } from '../text/times.ts';
import type { Conversation } from './conversations.ts';

/** One conversation: who it is with, its last message, and what a search has found. */
export function ConversationRow({ conversation }: { conversation: Conversation }): JSX.Element {
  const { name, phoneNumber, lastMessage, match } = conversation;
  const isInName = match?.field === 'name' && match.snippet === name; // else the name is long, and the snippet a part of it
  return (
    <>
      <div class="row-line">
        <strong>
          <Highlighted text={name} ranges={isInName ? match.ranges : []} />
        </strong>
        <time dateTime={lastMessage.createdAt} title={fullTime(lastMessage.createdAt)}>
          {shortTime(lastMessage.createdAt)}
        </time>
      </div>
      <div class="row-detail">
        {match === null || isInName ? (
          <>
            <DirectionMark direction={lastMessage.direction} />
            <bdi>{lastMessage.preview}</bdi>
          </>
        ) : (
          <Highlighted text={match.snippet} ranges={match.ranges} />
        )}
      </div>
      <div class="row-line row-small">
        <bdi>{phoneNumber}</bdi>
        {match && <span class="found-in">{FOUND_IN[match.field]}</span>}
      </div>
    </>
  );
}

const FOUND_IN = { name: 'in the name', phoneNumber: 'in the number', message: 'in a message' };
