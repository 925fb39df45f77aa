import { type DatabaseConfig, reasonOf } from '@messaging/shared';
import { REFRESH_LOCK } from '../connection/advisory-locks.ts';
import { cancelOnAbort } from '../connection/cancel.ts';
import { type LockWaits, watchLockWaits } from '../connection/lock-waits.ts';
import { connectionOptions, type Queryable, SESSION, silentAfterMs } from '../connection/pool.ts';
import { RECENT_CONVERSATIONS } from '../connection/read-models.ts';
import { connectClient } from '../connection/session-settings.ts';
import { one } from '../connection/sql.ts';
import { segmentChanges } from '../search-index/segments.ts';
import { vacuumBloated } from './vacuum.ts';
import { beginRefresh, finishRefresh } from './view-refreshes.ts';

/** What a refresh did; `skipped` where another process was refreshing. */
type RefreshOutcome = { skipped: true } | ({ skipped: false; vacuumed: string[] } & RefreshFigures);

/** How long a refresh may take, and wait for a lock; `signal` cancels it. */
export interface RefreshLimits {
  timeoutMs: number;
  lockTimeoutMs?: number;
  signal?: AbortSignal | undefined;
  /** A connection that is free meanwhile: the time waited for locks is measured over it, and is no work. */
  watch?: Queryable;
}

interface RefreshFigures {
  changesSeen: number;
  changesPruned: number;
  messagesSegmented: number;
  durationMs: number;
}

/**
 * Ends the session of a refresh that has lost its client without a word: a host without power or route, a process that is
 * stopped. It would keep the lock of refreshes, and in a transaction locks on rows too, until TCP notices, which by
 * default takes hours, or never where only the process is stopped. Statements follow each other at once.
 */
export const WHEN_ABANDONED = {
  idle_session_timeout: 10_000,
  idle_in_transaction_session_timeout: 20_000,
  tcp_user_timeout: 20_000, // while the server sends rows that nobody takes, no other timeout counts
};

/**
 * Refreshes `recent_conversations` without blocking readers, moves the messages of the contacts that had changed
 * into segments, then forgets the pending changes that it saw.
 * A change that is committed meanwhile stays pending. Crashing anywhere in between is harmless: what is still listed
 * as pending is merged over the view again. Uses a connection of its own, so that the lock ends with the process.
 * @throws what PostgreSQL says, after recording it in `view_refreshes`
 */
export async function refreshRecentConversations(
  config: DatabaseConfig,
  { timeoutMs, lockTimeoutMs = 0, signal, watch }: RefreshLimits,
): Promise<RefreshOutcome> {
  signal?.throwIfAborted();
  const options = connectionOptions(config, 'messaging-refresh');
  const client = await connectClient(
    { ...options, query_timeout: silentAfterMs(timeoutMs) },
    { ...SESSION, ...WHEN_ABANDONED, statement_timeout: timeoutMs, lock_timeout: lockTimeoutMs },
  );
  const stopCancelling = cancelOnAbort(client, options, signal);
  let waits: LockWaits | undefined;
  try {
    signal?.throwIfAborted(); // it may have been aborted while this connected
    const { locked, pid } = await one<{ locked: boolean; pid: number }>(
      client,
      `select pg_try_advisory_lock(${REFRESH_LOCK}) as locked, pg_backend_pid() as pid`,
    );
    if (!locked) return { skipped: true };
    waits = watch && watchLockWaits(watch, pid);
    const outcome = await refreshAndPrune(client, waits);
    return { skipped: false, ...outcome, vacuumed: await vacuumBloated(client) };
  } finally {
    waits?.stop();
    await stopCancelling();
    await client.end();
  }
}

async function refreshAndPrune(client: Queryable, waits: LockWaits | undefined): Promise<RefreshFigures> {
  const startedMs = performance.now();
  const workedMs = () => Math.max(0, performance.now() - startedMs - (waits?.waitedMs() ?? 0));
  await client.query('select adopt_restored_rows()');
  const seen = await beginRefresh(client);
  try {
    await client.query(`refresh materialized view concurrently ${RECENT_CONVERSATIONS}`);
    const messagesSegmented = await segmentChanges(client, seen.snapshot);
    const changesPruned = await pruneChanges(client, seen.snapshot);
    await client.query('call sum_up_list_sizes()');
    await finishRefresh(client, seen.refreshId, { error: null, workedMs: workedMs() });
    return {
      changesSeen: seen.changesSeen,
      changesPruned,
      messagesSegmented,
      durationMs: performance.now() - startedMs,
    };
  } catch (error) {
    await finishRefresh(client, seen.refreshId, { error: reasonOf(error), workedMs: workedMs() }).catch(() => {
      // the connection is gone: the row stays without an end, which says the same
    });
    throw error;
  }
}

/**
 * Deletes the changes whose last writer the snapshot could see. Rows being written are left to the next refresh; so are those
 * of contacts whose messages could not be moved, because somebody held the row then.
 */
async function pruneChanges(client: Queryable, snapshot: string): Promise<number> {
  const { rowCount } = await client.query(
    `delete from conversation_changes where contact_id in (
       select contact_id from conversation_changes
       where pg_visible_in_snapshot(changed_by, $1::pg_snapshot)
         and not exists (select from unsegmented_messages u where u.contact_id = conversation_changes.contact_id)
       for update skip locked
     )`,
    [snapshot],
  );
  return rowCount ?? 0;
}
