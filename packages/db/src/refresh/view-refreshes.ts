import type { Queryable } from '../connection/pool.ts';
import { RECENT_CONVERSATIONS } from '../connection/read-models.ts';
import { one } from '../connection/sql.ts';

/** Rows of `view_refreshes` that are kept. */
const KEPT_REFRESHES = 1_000;

/** A refresh that has begun, and what it will have seen when it is done. */
export interface BegunRefresh {
  refreshId: number;
  /** Older than the snapshot of the REFRESH: whatever it sees, the refreshed view contains. */
  snapshot: string;
  changesSeen: number;
}

/** Records that a refresh begins. Only to be called by who holds the lock of refreshes. */
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

/** How a refresh ended. */
interface RefreshEnd {
  /** Null where it succeeded. */
  error: string | null;
  /** What it took without waiting for locks. */
  workedMs: number;
}

/** Records how a refresh ended. Keeps the last 1,000, and the last success. */
export async function finishRefresh(
  client: Queryable,
  refreshId: number,
  { error, workedMs }: RefreshEnd,
): Promise<void> {
  await client.query(
    'update view_refreshes set finished_at = clock_timestamp(), error = $2, worked_ms = $3 where id = $1',
    [refreshId, error, Math.round(workedMs)],
  );
  // The last success is kept however many failures follow: it says how old the view is.
  await client.query(
    `delete from view_refreshes where id <= $1
       and id < (select max(id) from view_refreshes where view_name = $2 and finished_at is not null and error is null)`,
    [refreshId - KEPT_REFRESHES, RECENT_CONVERSATIONS],
  );
}

/** Whoever left these rows without an end had the lock that is ours now, so it ended without being able to say so. */
async function closeInterrupted(client: Queryable): Promise<void> {
  await client.query(
    `update view_refreshes set finished_at = clock_timestamp(), error = 'interrupted: its process or its connection ended'
     where view_name = $1 and finished_at is null`,
    [RECENT_CONVERSATIONS],
  );
}
