import type { Pool } from '../connection/pool.ts';
import { one } from '../connection/sql.ts';

/** Deletes what the live feed keeps for longer than `hours`. Cursors that may need it are refused from then on. */
export async function pruneChangeLog(pool: Pool, hours: number): Promise<number> {
  const { pruned } = await one<{ pruned: number }>(
    pool,
    'select prune_change_log(make_interval(secs => $1::float8 * 3600))::float8 as pruned',
    [hours],
  );
  return pruned;
}
