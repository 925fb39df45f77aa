import type { Queryable } from '../connection/pool.ts';
import { one } from '../connection/sql.ts';

/** SQL for which transactions a statement sees, of which server: two equal ones see the same. */
export const SNAPSHOT = `pg_current_snapshot()::text || ' ' || pg_postmaster_start_time()`;

/**
 * Whether no transaction has committed since a page with this `snapshot` was read: to read it again would give the same.
 * A fifth of the price of a page.
 */
export async function isUnchangedSince(db: Queryable, snapshot: string): Promise<boolean> {
  const now = await one<{ snapshot: string }>(db, `select ${SNAPSHOT} as snapshot`, [], 'snapshot');
  return now.snapshot === snapshot;
}
