import type { DatabaseConfig } from '@messaging/shared';
import pg from 'pg';
import { cancelOnAbort } from './cancel.ts';
import { updateNgrams } from './ngram-index.ts';
import { connectionOptions, type Queryable, silentAfterMs } from './pool.ts';
import { RECENT_CONVERSATIONS } from './read-models.ts';
import { mergeSegments } from './segments.ts';
import { one } from './sql.ts';
import { transaction } from './transaction.ts';
import { vacuumBloated } from './vacuum.ts';

/** What a refresh did; `skipped` where another process was refreshing. */
type RefreshOutcome = { skipped: true } | ({ skipped: false; vacuumed: string[] } & RefreshFigures);

/** How long a refresh may take, and wait for a lock; `signal` cancels it. */
export interface RefreshLimits {
  timeoutMs: number;
  lockTimeoutMs?: number;
  signal?: AbortSignal | undefined;
}

interface RefreshFigures {
  changesSeen: number;
  changesPruned: number;
  segmentsMerged: number;
  durationMs: number;
}

/** One number for all processes that refresh this view; the advisory lock under it makes them take turns. */
const REFRESH_LOCK = "hashtextextended('refresh recent_conversations', 0)";
/**
 * Statements of a refresh follow each other at once. A session that waits for longer has lost its client without a word,
 * a host without power or route, and would keep the lock until TCP notices, which by default takes hours.
 */
const ABANDONED_MS = 10_000;
/** Rows of `view_refreshes` that are kept. */
const KEPT_REFRESHES = 1_000;

/**
 * Refreshes `recent_conversations` without blocking readers, merges the search segments of the contacts that had changed,
 * then forgets the pending changes that it saw.
 * A change that is committed meanwhile stays pending. Crashing anywhere in between is harmless: what is still listed
 * as pending is merged over the view again. Uses a connection of its own, so that the lock ends with the process.
 * @throws what PostgreSQL says, after recording it in `view_refreshes`
 */
export async function refreshRecentConversations(
  config: DatabaseConfig,
  { timeoutMs, lockTimeoutMs = 0, signal }: RefreshLimits,
): Promise<RefreshOutcome> {
  signal?.throwIfAborted();
  const options = connectionOptions(config, 'messaging-refresh');
  const client = new pg.Client({
    ...options,
    options: `${options.options} -c idle_session_timeout=${ABANDONED_MS}`,
    statement_timeout: timeoutMs,
    lock_timeout: lockTimeoutMs,
    query_timeout: silentAfterMs(timeoutMs),
  });
  client.on('error', () => {}); // the running query rejects with the same error
  await client.connect();
  const stopCancelling = cancelOnAbort(client, options, signal);
  try {
    const { locked } = await one<{ locked: boolean }>(client, `select pg_try_advisory_lock(${REFRESH_LOCK}) as locked`);
    if (!locked) return { skipped: true };
    const outcome = await refreshAndPrune(client);
    return { skipped: false, ...outcome, vacuumed: await vacuumBloated(client) };
  } finally {
    stopCancelling();
    await client.end();
  }
}

async function refreshAndPrune(client: Queryable): Promise<RefreshFigures> {
  const startedMs = performance.now();
  await closeInterrupted(client);
  // This snapshot is older than the one of the REFRESH: whatever it sees, the refreshed view contains.
  const seen = await one<{ refreshId: number; snapshot: string; changesSeen: number }>(
    client,
    `insert into view_refreshes (view_name, changes_seen)
     values ($1, (select count(*) from conversation_changes))
     returning id as "refreshId", changes_seen as "changesSeen", pg_current_snapshot()::text as snapshot`,
    [RECENT_CONVERSATIONS],
  );
  try {
    await client.query(`refresh materialized view concurrently ${RECENT_CONVERSATIONS}`);
    const segmentsMerged = await mergeSegments(client, seen.snapshot);
    await transaction(client, updateNgrams);
    const changesPruned = await pruneChanges(client, seen.snapshot);
    await client.query('call sum_up_list_sizes()');
    await finishRefresh(client, seen.refreshId, null);
    return {
      changesSeen: seen.changesSeen,
      changesPruned,
      segmentsMerged,
      durationMs: performance.now() - startedMs,
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await finishRefresh(client, seen.refreshId, message).catch(() => {
      // the connection is gone: the row stays without an end, which says the same
    });
    throw error;
  }
}

/** Deletes the changes whose last writer the snapshot could see. Rows being written are left to the next refresh. */
async function pruneChanges(client: Queryable, snapshot: string): Promise<number> {
  const { rowCount } = await client.query(
    `delete from conversation_changes where contact_id in (
       select contact_id from conversation_changes
       where pg_visible_in_snapshot(changed_by, $1::pg_snapshot)
       for update skip locked
     )`,
    [snapshot],
  );
  return rowCount ?? 0;
}

/** Whoever left these rows without an end had the lock that is ours now, so it ended without being able to say so. */
async function closeInterrupted(client: Queryable): Promise<void> {
  await client.query(
    `update view_refreshes set finished_at = clock_timestamp(), error = 'interrupted: its process or its connection ended'
     where view_name = $1 and finished_at is null`,
    [RECENT_CONVERSATIONS],
  );
}

async function finishRefresh(client: Queryable, refreshId: number, error: string | null): Promise<void> {
  await client.query('update view_refreshes set finished_at = clock_timestamp(), error = $2 where id = $1', [
    refreshId,
    error,
  ]);
  // The last success is kept however many failures follow: it says how old the view is.
  await client.query(
    `delete from view_refreshes where id <= $1
       and id < (select max(id) from view_refreshes where view_name = $2 and finished_at is not null and error is null)`,
    [refreshId - KEPT_REFRESHES, RECENT_CONVERSATIONS],
  );
}
