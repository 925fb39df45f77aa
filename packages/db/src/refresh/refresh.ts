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

/** The result of a refresh. `skipped` means that another process was refreshing. */
type RefreshOutcome = { skipped: true } | ({ skipped: false; vacuumed: string[] } & RefreshFigures);

/** Limits of a refresh: its duration and its lock waits. `signal` cancels it. */
export interface RefreshLimits {
  timeoutMs: number;
  lockTimeoutMs?: number;
  signal?: AbortSignal | undefined;
  /** A second connection, used to measure the lock waits. They do not count as work. */
  watch?: Queryable;
}

interface RefreshFigures {
  changesSeen: number;
  changesPruned: number;
  messagesSegmented: number;
  durationMs: number;
}

/**
 * Ends the session of a refresh whose client is lost: a host without power or network, or a stopped process. Otherwise
 * the session would hold the refresh lock, and in a transaction row locks too, until TCP notices. By default that takes
 * hours; a stopped process is never noticed. Statements follow each other at once.
 */
export const WHEN_ABANDONED = {
  idle_session_timeout: 10_000,
  idle_in_transaction_session_timeout: 20_000,
  tcp_user_timeout: 20_000, // no other timeout applies while the server sends rows that the client does not read
};

/**
 * Refreshes `recent_conversations` without blocking readers, moves the messages of changed contacts into segments, then
 * deletes the pending changes that it saw. A change that is committed meanwhile stays pending. A crash at any point is
 * safe: changes that are still pending are merged over the view again. It uses its own connection, so that the lock
 * ends with the process.
 * @throws PostgreSQL's errors, after recording them in `view_refreshes`
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
    const changesPruned = await forgetChanges(client, seen.snapshot);
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
      // the connection is lost: the row keeps no end time, which marks the refresh as failed
    });
    throw error;
  }
}

/** See 0013_change_log.sql. */
async function forgetChanges(client: Queryable, snapshot: string): Promise<number> {
  const { forgotten } = await one<{ forgotten: number }>(
    client,
    'select forget_conversation_changes($1::pg_snapshot)::integer as forgotten',
    [snapshot],
  );
  return forgotten;
}
