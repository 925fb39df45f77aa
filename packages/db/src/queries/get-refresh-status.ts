import type { Queryable } from '../pool.ts';
import { RECENT_CONVERSATIONS } from '../read-models.ts';
import { maybeOne, one } from '../sql.ts';
import { CONSECUTIVE_FAILURES } from './get-pending-changes.ts';

/** The refresh that ended last, of whichever process. */
export interface LastRefresh {
  finishedAt: string;
  durationMs: number;
  outcome: 'refreshed' | 'failed';
  /** Why it failed; null when it did not. */
  error: string | null;
  /** How many have failed since one did not. */
  consecutiveFailures: number;
}

/** How the view is doing, for operators. */
export interface RefreshStatus {
  pendingChanges: number;
  /** Seconds since the end of the last refresh that succeeded; null when there was none. */
  viewAgeSeconds: number | null;
  lastRefresh: LastRefresh | null;
}

const LAST = `
  select finished_at as "finishedAt",
    (extract(epoch from finished_at - started_at) * 1000)::integer as "durationMs",
    case when error is null then 'refreshed' else 'failed' end as "outcome",
    error,
    ${CONSECUTIVE_FAILURES} as "consecutiveFailures"
  from view_refreshes
  where view_name = $1 and finished_at is not null
  order by started_at desc
  limit 1`;

const NOW = `
  select
    (select count(*) from conversation_changes) as "pendingChanges",
    (
      select extract(epoch from clock_timestamp() - finished_at)::float8 from view_refreshes
      where view_name = $1 and finished_at is not null and error is null
      order by started_at desc limit 1
    ) as "viewAgeSeconds"`;

/** Reads how the view is doing, by the clock of the database. @throws UnavailableError */
export async function getRefreshStatus(db: Queryable): Promise<RefreshStatus> {
  type Now = Pick<RefreshStatus, 'pendingChanges' | 'viewAgeSeconds'>;
  const now = await one<Now & Record<string, unknown>>(db, NOW, [RECENT_CONVERSATIONS]);
  const lastRefresh = await maybeOne<LastRefresh & Record<string, unknown>>(db, LAST, [RECENT_CONVERSATIONS]);
  return { ...now, lastRefresh: lastRefresh ?? null };
}
