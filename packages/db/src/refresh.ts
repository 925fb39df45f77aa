import type { DatabaseConfig } from '@messaging/shared';
import pg from 'pg';
import { cancelOnAbort } from './cancel.ts';
import { updateNgrams } from './ngram-index.ts';
import { connectionOptions, type Queryable } from './pool.ts';
import { RECENT_CONVERSATIONS } from './read-models.ts';
import { mergeSegments } from './segments.ts';
import { one } from './sql.ts';
import { transaction } from './transaction.ts';

/** What a refresh did; `skipped` where another process was refreshing. */
export type RefreshOutcome = { skipped: true } | ({ skipped: false } & RefreshFigures);

interface RefreshFigures {
  changesSeen: number;
  changesPruned: number;
  segmentsMerged: number;
  durationMs: number;
}

/** One number for all processes that refresh this view; the advisory lock under it makes them take turns. */
const REFRESH_LOCK = "hashtextextended('refresh recent_conversations', 0)";
/** From this many changes on the view is vacuumed after its refresh: deep pages read its index alone. */
const VACUUM_CHANGES = 1_000;
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
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
): Promise<RefreshOutcome> {
  signal?.throwIfAborted();
  const client = new pg.Client({ ...connectionOptions(config, 'messaging-refresh'), statement_timeout: timeoutMs });
  client.on('error', () => {}); // the running query rejects with the same error
  await client.connect();
  const stopCancelling = cancelOnAbort(client, connectionOptions(config, 'messaging-refresh'), signal);
  try {
    const { locked } = await one<{ locked: boolean }>(client, `select pg_try_advisory_lock(${REFRESH_LOCK}) as locked`);
    if (!locked) return { skipped: true };
    const outcome = await refreshAndPrune(client);
    if (outcome.changesPruned >= VACUUM_CHANGES) {
      await client.query(`vacuum (analyze) ${RECENT_CONVERSATIONS}, conversation_changes`);
    }
    return { skipped: false, ...outcome };
  } finally {
    stopCancelling();
    await client.end();
  }
}

async function refreshAndPrune(client: Queryable): Promise<RefreshFigures> {
  const startedMs = performance.now();
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

async function finishRefresh(client: Queryable, refreshId: number, error: string | null): Promise<void> {
  await client.query('update view_refreshes set finished_at = clock_timestamp(), error = $2 where id = $1', [
    refreshId,
    error,
  ]);
  await client.query('delete from view_refreshes where id <= $1', [refreshId - KEPT_REFRESHES]);
}
