import type { Queryable } from '../connection/pool.ts';
import { RECENT_CONVERSATIONS } from '../connection/read-models.ts';
import { one } from '../connection/sql.ts';

/** Number of rows of `view_refreshes` that are kept. */
const KEPT_REFRESHES = 1_000;

/** A refresh that has begun, and the changes that it will have seen at its end. */
export interface BegunRefresh {
  refreshId: number;
  /** Older than the snapshot of the REFRESH, so the refreshed view contains everything that this snapshot sees. */
  snapshot: string;
  changesSeen: number;
}

/** Records that a refresh begins. The caller must hold the refresh lock. */
export async function beginRefresh(client: Queryable): Promise<BegunRefresh> {
  await closeInterrupted(client);
  return one<BegunRefresh & Record<string, unknown>>(
    client,
    `insert into view_refreshes (view_name, changes_seen)
     values ($1, (select count(*) from conversation_changes))
     returning id as "refreshId", changes_seen as "changesSeen", pg_current_snapshot()::text as snapshot`,
    [RECENT_CONVERSATIONS],
  );
}

/** The result of a refresh. */
interface RefreshEnd {
  /** Null if it succeeded. */
  error: string | null;
  /** Duration without lock waits. */
  workedMs: number;
}

/** Records the result of a refresh. Keeps the last 1,000 rows and the last success. */
export async function finishRefresh(
  client: Queryable,
  refreshId: number,
  { error, workedMs }: RefreshEnd,
): Promise<void> {
  await client.query(
    'update view_refreshes set finished_at = clock_timestamp(), error = $2, worked_ms = $3 where id = $1',
    [refreshId, error, Math.round(workedMs)],
  );
  // The last success is kept however many failures follow, because it determines the age of the view.
  await client.query(
    `delete from view_refreshes where id <= $1
       and id < (select max(id) from view_refreshes where view_name = $2 and finished_at is not null and error is null)`,
    [refreshId - KEPT_REFRESHES, RECENT_CONVERSATIONS],
  );
}

/** Rows without an end are from processes that held the lock before, so these refreshes ended without recording it. */
async function closeInterrupted(client: Queryable): Promise<void> {
  await client.query(
    `update view_refreshes set finished_at = clock_timestamp(), error = 'interrupted: its process or its connection ended'
     where view_name = $1 and finished_at is null`,
    [RECENT_CONVERSATIONS],
  );
}
