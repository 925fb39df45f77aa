import type { Queryable } from '../pool.ts';
import { RECENT_CONVERSATIONS } from '../read-models.ts';
import { one } from '../sql.ts';

/** SQL for how many refreshes have failed since the last that did not. */
export const CONSECUTIVE_FAILURES = `(
  select count(*) from view_refreshes
  where view_name = $1 and error is not null and started_at > coalesce((
    select started_at from view_refreshes
    where view_name = $1 and finished_at is not null and error is null
    order by started_at desc limit 1
  ), '-infinity')
)`;

const PENDING = `
  select
    (select count(*) from conversation_changes) as "changes",
    (select extract(epoch from clock_timestamp() - max(changed_at)) * 1000 from conversation_changes)::float8 as "quietForMs",
    last.ended_ago_ms as "lastRefreshEndedAgoMs",
    last.duration_ms as "lastRefreshDurationMs",
    ${CONSECUTIVE_FAILURES} as "consecutiveFailures"
  from (select) as always
  left join lateral (
    select
      (extract(epoch from clock_timestamp() - finished_at) * 1000)::float8 as ended_ago_ms,
      (extract(epoch from finished_at - started_at) * 1000)::float8 as duration_ms
    from view_refreshes
    where view_name = $1 and finished_at is not null
    order by started_at desc
    limit 1
  ) last on true`;

/** How far the view is behind, and when it was refreshed last: what decides whether a refresh is due. */
export interface PendingChanges {
  changes: number;
  /** Time since the newest change; null without changes. */
  quietForMs: number | null;
  lastRefreshEndedAgoMs: number | null;
  lastRefreshDurationMs: number | null;
  consecutiveFailures: number;
}

/** Reads the state of the view by the clock of the database, which all processes share. */
export function getPendingChanges(db: Queryable): Promise<PendingChanges> {
  return one<PendingChanges & Record<string, unknown>>(db, PENDING, [RECENT_CONVERSATIONS]);
}
