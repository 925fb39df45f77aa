import type { Queryable } from '../connection/pool.ts';
import { one } from '../connection/sql.ts';

/** The refresh that began last among those that have ended, by any process. */
export interface LastRefresh {
  finishedAt: string;
  /** Time since it ended; null if it ended in the future, which means that a clock was wrong. */
  endedAgoMs: number | null;
  durationMs: number;
  /** Duration without lock waits; null if it was not measured. */
  workedMs: number | null;
  outcome: 'refreshed' | 'failed';
  /** The reason of a failure; null if it succeeded. */
  error: string | null;
}

/** How far the view is behind, and when it was last refreshed. */
export interface RefreshStatus {
  pendingChanges: number;
  /** Time since the newest change; null if there is no change, or all of them are in the future. */
  quietForMs: number | null;
  /** Seconds since the end of the newest successful refresh, ignoring ends in the future; null if there is none. */
  viewAgeSeconds: number | null;
  /** How many refreshes have failed since the last success. */
  consecutiveFailures: number;
  lastRefresh: LastRefresh | null;
}

/**
 * Clocks can jump forwards and back. Therefore refreshes are ordered by id, and a time in the future is ignored. If it
 * counted as an age of zero, no refresh would be due until that time.
 */
const STATUS = `
  select
    (select count(*) from conversation_changes) as "pendingChanges",
    (
      select extract(epoch from clock_timestamp() - max(changed_at)) * 1000
      from conversation_changes
      where changed_at <= clock_timestamp()
    )::float8 as "quietForMs",
    (
      select extract(epoch from clock_timestamp() - finished_at)
      from view_refreshes
      where error is null and finished_at <= clock_timestamp()
      order by id desc
      limit 1
    )::float8 as "viewAgeSeconds",
    (
      select count(*)
      from view_refreshes
      where error is not null
        and id > (select coalesce(max(id), 0) from view_refreshes where finished_at is not null and error is null)
    ) as "consecutiveFailures",
    finished_at as "finishedAt",
    case when finished_at <= clock_timestamp()
      then extract(epoch from clock_timestamp() - finished_at) * 1000
    end::float8 as "endedAgoMs",
    greatest(0, round(extract(epoch from finished_at - started_at) * 1000))::float8 as "durationMs",
    worked_ms as "workedMs",
    case when error is null then 'refreshed' else 'failed' end as "outcome",
    error
  from (select) as always
  left join lateral (
    select started_at, finished_at, worked_ms, error
    from view_refreshes
    where finished_at is not null
    order by id desc
    limit 1
  ) last on true`;

type StatusRow = Omit<RefreshStatus, 'lastRefresh'> & Omit<LastRefresh, 'finishedAt'> & { finishedAt: string | null };

/** Reads the state of the view by the database clock, which all processes share. @throws UnavailableError */
export async function getRefreshStatus(db: Queryable): Promise<RefreshStatus> {
  const { pendingChanges, quietForMs, viewAgeSeconds, consecutiveFailures, finishedAt, ...last } = await one<
    StatusRow & Record<string, unknown>
  >(db, STATUS);
  const { endedAgoMs, durationMs, workedMs, outcome, error } = last;
  const lastRefresh = finishedAt === null ? null : { finishedAt, endedAgoMs, durationMs, workedMs, outcome, error };
  return { pendingChanges, quietForMs, viewAgeSeconds, consecutiveFailures, lastRefresh };
}
