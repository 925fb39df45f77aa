import type { FeedPosition } from '@messaging/db';
import type { Change } from '@messaging/shared';

/** Changes for a reader, and what it has seen once it has them. */
export interface Batch {
  changes: Change[];
  position: FeedPosition;
}

/** Why no more changes come: the cursor is not known any more, the reader takes too little, or the service closes. */
export type FollowerEnd = 'expired' | 'tooSlow' | 'closing';

/** What a reader of the live changes takes its changes from. */
export interface Follower {
  /**
   * Resolves with all changes that wait, as soon as there is one; with none after `timeoutMs` or when `signal` aborts; or with the
   * reason why no more come.
   */
  next: (timeoutMs: number, signal: AbortSignal) => Promise<Batch | FollowerEnd>;
  close: () => void;
}

/** Where the changes for a follower are put in. */
export interface FollowerInput {
  /** Adds changes that came after those before. */
  add: (changes: Change[], position: FeedPosition) => void;
  /** Adds what the reader has missed before it came. Changes that were added meanwhile are newer. */
  addMissed: (changes: Change[], position: FeedPosition) => void;
  end: (reason: FollowerEnd) => void;
}

/** More waiting changes than this are not kept for a reader who does not take them: it has to come again with its cursor. */
const MOST_WAITING = 10_000;

/**
 * Keeps the changes that a reader has not taken. A conversation that changes again meanwhile is kept once, as it is then.
 * @param contactId the only contact whose changes are kept; undefined for all
 */
export function createFollower(
  contactId: number | undefined,
  onClose: (input: FollowerInput) => void,
): { follower: Follower; input: FollowerInput } {
  const waiting = new Map<number, Change>();
  let position: FeedPosition | undefined;
  let ended: FollowerEnd | undefined;
  let mostWaiting = MOST_WAITING;
  /** Ends the wait of `next`, if there is one. */
  let wake: (() => void) | undefined;

  const isWanted = (change: Change) => contactId === undefined || change.contactId === contactId;
  const input: FollowerInput = {
    add(changes, after) {
      position = after;
      if (ended !== undefined) return;
      for (const change of changes) if (isWanted(change)) waiting.set(change.contactId, change);
      if (waiting.size > mostWaiting && !wake) input.end('tooSlow');
      else if (waiting.size > 0) wake?.();
    },
    addMissed(changes, after) {
      position ??= after;
      for (const change of changes) {
        if (isWanted(change) && !waiting.has(change.contactId)) waiting.set(change.contactId, change);
      }
      mostWaiting = MOST_WAITING + waiting.size; // however many they are: they are taken at once
    },
    end(reason) {
      ended ??= reason;
      waiting.clear();
      wake?.();
    },
  };

  const untilWoken = (timeoutMs: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        wake = undefined;
        resolve();
      };
      const stop = () => wake?.();
      const timer = setTimeout(stop, timeoutMs);
      signal.addEventListener('abort', stop);
    });

  const follower: Follower = {
    async next(timeoutMs, signal) {
      if (waiting.size === 0 && ended === undefined && !signal.aborted) await untilWoken(timeoutMs, signal);
      if (ended !== undefined) return ended;
      if (position === undefined) throw new Error('a follower has a position before it is read');
      const changes = [...waiting.values()];
      waiting.clear();
      mostWaiting = MOST_WAITING;
      return { changes, position };
    },
    close: () => onClose(input),
  };
  return { follower, input };
}
