import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { fullTime, timeOfDay } from '../text/times.ts';
import type { Message } from './read-thread.ts';

/** Characters of a long message that are shown at first, and with each step that unfolds it: the page stays quick at 1 MiB. */
const [FOLDED_LENGTH, STEP_LENGTH] = [600, 20_000];

/** One message: received on the left, sent on the right. `isHit`: the thread was opened at it. */
export function MessageBubble({ message, isHit }: { message: Message; isHit: boolean }): JSX.Element {
  const { id, content, direction, createdAt } = message;
  const shownLength = useSignal(FOLDED_LENGTH);
  const isFolded = content.length > shownLength.value;
  const end = isFolded ? wholeCharacters(content, shownLength.value) : content.length;
  return (
    <li class={`bubble ${direction ?? 'unknown'} ${isHit ? 'hit' : ''}`} data-id={id} aria-current={isHit || undefined}>
      <span class="visually-hidden">{SAID[direction ?? 'unknown']}</span>
      <p dir="auto">
        {content.slice(0, end)}
        {isFolded && '…'}
      </p>
      {isFolded && (
        <button
          type="button"
          class="link"
          onClick={() => {
            shownLength.value += STEP_LENGTH;
          }}
        >
          Show more ({(content.length - end).toLocaleString()} characters)
        </button>
      )}
      <time dateTime={createdAt} title={fullTime(createdAt)}>
        {timeOfDay(createdAt)}
      </time>
    </li>
  );
}

const SAID = { inbound: 'Received:', outbound: 'Sent:', unknown: 'Message:' };

/** A length that does not end within a surrogate pair. */
function wholeCharacters(text: string, length: number): number {
  return /[\uD800-\uDBFF]/.test(text[length - 1] ?? '') ? length - 1 : length;
}
