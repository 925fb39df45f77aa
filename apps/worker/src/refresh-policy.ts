import type { PendingChanges } from '@messaging/db';
import type { RefreshPolicy } from './config.ts';

/**
 * Milliseconds until a refresh is due; 0 is now. A lone change waits for a short quiet period, a stream of them until
 * `maxWaitMs` after the first (`waitedMs` ago). A refresh that took t is followed by a rest of `restFactor` times t:
 * a refresh costs what the contacts cost, reads are fresh without it, so its share of the time is what must be bounded.
 */
export function timeUntilRefreshMs(pending: PendingChanges, waitedMs: number, policy: RefreshPolicy): number {
  const quiet = policy.quietMs - (pending.quietForMs ?? Number.POSITIVE_INFINITY);
  const patience = policy.maxWaitMs - waitedMs;
  const rest = policy.restFactor * (pending.lastRefreshDurationMs ?? 0) - (pending.lastRefreshEndedAgoMs ?? 0);
  return Math.ceil(Math.max(0, rest, Math.min(quiet, patience)));
}
