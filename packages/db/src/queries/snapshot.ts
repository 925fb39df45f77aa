import type { Queryable } from '../connection/pool.ts';
import { one } from '../connection/sql.ts';

/** SQL that identifies the server and the transactions that a statement sees. Two equal values see the same data. */
export const SNAPSHOT = `pg_current_snapshot()::text || ' ' || pg_postmaster_start_time()`;

/**
 * True if no transaction has committed since a page with this `snapshot` was read, so that a new read would return the
 * same. Costs a fifth of a page.
 */
export async function isUnchangedSince(db: Queryable, snapshot: string): Promise<boolean> {
  const now = await one<{ snapshot: string }>(db, `select ${SNAPSHOT} as snapshot`, [], 'snapshot');
  return now.snapshot === snapshot;
}
