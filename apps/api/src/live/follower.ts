import type { FeedPosition } from '@messaging/db';
import type { Change } from '@messaging/shared';

/** Changes that a reader has not been told, and what it has seen when it has been. */
export interface Batch {
  changes: Change[];
  position: FeedPosition;
}

/** Why there will be no more changes: the cursor is not known any more, the reader takes too little, or the service closes. */
export type FollowerEnd = 'expired' | 'tooSlow' | 'closing';

/** Somebody who reads the live changes. */
export interface Follower {
  /**
   * Resolves with what is to be told, as soon as there is something; with no changes after `timeoutMs` or when `signal` aborts;
   * or with the reason why it ends.
   */
  next: (timeoutMs: number, signal: AbortSignal) => Promise<Batch | FollowerEnd>;
  close: () => void;
}

/** The side of a follower that is told. */
export interface Following {
  /** These changes follow on what was told before. */
  tell: (changes: Change[], position: FeedPosition) => void;
  /** These were missed before; what was told meanwhile is newer. */
  tellMissed: (changes: Change[], position: FeedPosition) => void;
  end: (reason: FollowerEnd) => void;
}

/** More changes than this are not kept for a reader who does not take them: it has to come again with its cursor. */
const MOST_UNTOLD = 10_000;

/**
 * Keeps what a reader has not been told. A conversation that changes again meanwhile is told once, as it is then.
 * @param contactId the only contact that it wants to hear of; undefined for all
 */
export function createFollower(
  contactId: number | undefined,
  onClose: (following: Following) => void,
): { follower: Follower; following: Following } {
  const untold = new Map<number, Change>();
  let position: FeedPosition | undefined;
  let ended: FollowerEnd | undefined;
  let mostUntold = MOST_UNTOLD;
  let isWaiting = false;
  let wake = () => {};

  const isWanted = (change: Change) => contactId === undefined || change.contactId === contactId;
  const following: Following = {
    tell(changes, next) {
      position = next;
      if (ended !== undefined) return;
      for (const change of changes) if (isWanted(change)) untold.set(change.contactId, change);
      if (isWaiting && untold.size > 0) wake();
      else if (untold.size > mostUntold) following.end('tooSlow');
    },
    tellMissed(changes, next) {
      position ??= next;
      for (const change of changes) {
        if (isWanted(change) && !untold.has(change.contactId)) untold.set(change.contactId, change);
      }
      mostUntold = MOST_UNTOLD + untold.size; // however much it was: it is taken at once
    },
    end(reason) {
      ended ??= reason;
      untold.clear();
      wake();
    },
  };
  const follower: Follower = {
    async next(timeoutMs, signal) {
      if (untold.size === 0 && ended === undefined && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const stop = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', stop);
            isWaiting = false;
            resolve();
          };
          const timer = setTimeout(stop, timeoutMs);
          isWaiting = true;
          signal.addEventListener('abort', stop);
          wake = stop;
        });
      }
      if (ended !== undefined) return ended;
      if (position === undefined) throw new Error('a follower is told its position before it is read');
      const changes = [...untold.values()];
      untold.clear();
      mostUntold = MOST_UNTOLD;
      return { changes, position };
    },
    close: () => onClose(following),
  };
  return { follower, following };
}
