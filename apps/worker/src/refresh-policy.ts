import type { RefreshStatus } from '@messaging/db';
import type { RefreshPolicy } from './config.ts';

const FIRST_BACKOFF_MS = 1_000;

/**
 * Milliseconds until a refresh is due; 0 is now, and no setting makes it longer than the longest of them. A lone change
 * waits for a short quiet period, a stream of them until `maxWaitMs` after the first (`waitedMs` ago, but what came before
 * the last refresh does not count: it is in the view). Nothing begins before the pause after the last refresh is over.
 * Where the last refresh ended is not known, as where it lies in the future, there is no pause.
 */
export function timeUntilRefreshMs(status: RefreshStatus, waitedMs: number, policy: RefreshPolicy): number {
  const endedAgoMs = status.lastRefresh?.endedAgoMs ?? Number.POSITIVE_INFINITY;
  const quiet = policy.quietMs - (status.quietForMs ?? Number.POSITIVE_INFINITY);
  const patience = policy.maxWaitMs - (status.consecutiveFailures > 0 ? waitedMs : Math.min(waitedMs, endedAgoMs));
  const pause = pauseMs(status, policy) - endedAgoMs;
  return Math.ceil(Math.max(0, pause, Math.min(quiet, patience)));
}

/**
 * The pause after a refresh that worked for t is `restFactor` times t, and a quiet period at the least: a refresh costs
 * what the contacts cost, reads are fresh without it, so its share of the time is what must be bounded. It is `restMaxMs`
 * at the most: a machine that slept in the middle of a refresh may count the night as work. After failures the pause
 * grows instead, so that what cannot work now is not tried all the time, and what works again is soon noticed.
 */
function pauseMs({ consecutiveFailures, lastRefresh }: RefreshStatus, policy: RefreshPolicy): number {
  if (consecutiveFailures > 0) {
    return Math.min(policy.maxBackoffMs, FIRST_BACKOFF_MS * 2 ** (consecutiveFailures - 1));
  }
  const restMs = policy.restFactor * (lastRefresh?.workedMs ?? 0);
  return Math.max(policy.quietMs, Math.min(policy.restMaxMs, restMs));
}
