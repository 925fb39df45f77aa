import type { Queryable } from '../connection/pool.ts';
import { maybeOne } from '../connection/sql.ts';

/** What the newest `db:check` found: differences by table, and how long ago it ended. */
export interface LastCheck {
  differences: Record<string, number>;
  ageSeconds: number;
}

/** Reads what the newest check that ended has found; undefined where there was none. @throws UnavailableError */
export function getLastCheck(db: Queryable): Promise<LastCheck | undefined> {
  return maybeOne<LastCheck & Record<string, unknown>>(db, LAST);
}

const LAST = `
  select differences, greatest(0, extract(epoch from clock_timestamp() - finished_at))::float8 as "ageSeconds"
  from consistency_checks order by id desc limit 1`;
