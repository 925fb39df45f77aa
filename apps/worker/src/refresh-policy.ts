import type { PendingChanges } from '@messaging/db';
import type { RefreshPolicy } from './config.ts';

const FIRST_BACKOFF_MS = 1_000;

/**
 * Milliseconds until a refresh is due; 0 is now. A lone change waits for a short quiet period, a stream of them until
 * `maxWaitMs` after the first (`waitedMs` ago, but what came before the last refresh does not count: it is in the view).
 * Nothing begins before the pause after the last refresh is over.
 */
export function timeUntilRefreshMs(pending: PendingChanges, waitedMs: number, policy: RefreshPolicy): number {
  const endedAgoMs = pending.lastRefreshEndedAgoMs ?? Number.POSITIVE_INFINITY;
  const quiet = policy.quietMs - (pending.quietForMs ?? Number.POSITIVE_INFINITY);
  const patience = policy.maxWaitMs - (pending.consecutiveFailures > 0 ? waitedMs : Math.min(waitedMs, endedAgoMs));
  const pause = pauseMs(pending, policy) - endedAgoMs;
  return Math.ceil(Math.max(0, pause, Math.min(quiet, patience)));
}

/**
 * The pause after a refresh that took t is `restFactor` times t, and a quiet period at the least: a refresh costs what
 * the contacts cost, reads are fresh without it, so its share of the time is what must be bounded. After failures the
 * pause grows instead, so that what cannot work now is not tried all the time, and what works again is soon noticed.
 */
function pauseMs({ consecutiveFailures, lastRefreshDurationMs }: PendingChanges, policy: RefreshPolicy): number {
  if (consecutiveFailures > 0) {
    return Math.min(policy.maxBackoffMs, FIRST_BACKOFF_MS * 2 ** (consecutiveFailures - 1));
  }
  return Math.max(policy.quietMs, policy.restFactor * (lastRefreshDurationMs ?? 0));
}
