import type { Queryable } from '../connection/pool.ts';
import { one } from '../connection/sql.ts';

/** SQL for the transactions that a statement sees, as text. */
export const SNAPSHOT = 'pg_current_snapshot()::text';

/** SQL that tells one start of the server from another: the same transactions of two are not the same data. */
export const SERVER_START = 'pg_postmaster_start_time()';

/** What a page has seen, and of which server. */
export interface Seen {
  snapshot: string;
  serverStart: string;
}

/**
 * True if no transaction has committed since a page was read, so that a new read would return the same. Costs a fifth of a
 * page.
 */
export async function isUnchangedSince(db: Queryable, { snapshot, serverStart }: Seen): Promise<boolean> {
  const text = `select ${SNAPSHOT} as snapshot, ${SERVER_START} as "serverStart"`;
  const now = await one<Seen & { [column: string]: unknown }>(db, text, [], 'snapshot');
  return now.snapshot === snapshot && now.serverStart === serverStart;
}
