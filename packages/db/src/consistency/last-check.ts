import type { Queryable } from '../connection/pool.ts';
import { maybeOne } from '../connection/sql.ts';

/** The result of the newest `db:check`: differences by table, and the time since its end. */
export interface LastCheck {
  differences: Record<string, number>;
  ageSeconds: number;
}

/** Reads the result of the newest check that ended; undefined if there is none. @throws UnavailableError */
export function getLastCheck(db: Queryable): Promise<LastCheck | undefined> {
  return maybeOne<LastCheck & Record<string, unknown>>(db, LAST);
}

const LAST = `
  select differences, greatest(0, extract(epoch from clock_timestamp() - finished_at))::float8 as "ageSeconds"
  from consistency_checks order by id desc limit 1`;
