import type { Queryable } from '../connection/pool.ts';
import { one } from '../connection/sql.ts';

/** How far the materialized view itself is behind. Reads are always fresh. */
export interface ViewStatus {
  /**
   * The view contains what was committed before this time, which is never in the future; null if no such time is known.
   */
  refreshedAt: string | null;
  /** Exact up to 1,000. Above that, an estimate from PostgreSQL's statistics. */
  pendingChanges: number;
}

/** SQL for the two columns, for use in a larger statement. */
export const VIEW_STATUS_COLUMNS = `
  (
    select case
      when counted <= 1000 then counted
      else greatest(counted, pg_stat_get_live_tuples('conversation_changes'::regclass))
    end
    from (select count(*) as counted from (select contact_id from conversation_changes order by 1 limit 1001) some_changes) c
  ) as "pendingChanges",
  (
    select started_at from view_refreshes
    where finished_at is not null and error is null and started_at <= clock_timestamp()
    order by id desc limit 1
  ) as "refreshedAt"`;

/** Reads how far the view is behind. */
export function getViewStatus(db: Queryable): Promise<ViewStatus> {
  return one<ViewStatus & Record<string, unknown>>(db, `select ${VIEW_STATUS_COLUMNS}`, [], 'view-status');
}
