import type { Queryable } from '../connection/pool.ts';
import { RECENT_CONVERSATIONS } from '../connection/read-models.ts';
import { many } from '../connection/sql.ts';

/** What each refresh leaves dead rows in; the segments change less and are left to autovacuum. */
const TABLES = [RECENT_CONVERSATIONS, 'conversation_changes', 'unsegmented_messages'];

/** A fifth of the rows, and 1,000 at the latest: deep pages read the view's index alone, which dead rows prevent. */
const BLOATED = `
  select relname as "name" from pg_stat_user_tables
  where relid = any($1::regclass[]::oid[]) and n_dead_tup >= least(1000, 50 + n_live_tup / 5)
  order by relname`;

/**
 * Vacuums the view and its pending changes where dead rows have gathered, and returns which. Autovacuum looks once a
 * minute, and is put off by refreshes that follow each other. Must run on the connection that refreshed.
 */
export async function vacuumBloated(db: Queryable): Promise<string[]> {
  await db.query('select pg_stat_force_next_flush()'); // else what this connection did is not counted yet
  const bloated = await many<{ name: string }>(db, BLOATED, [TABLES]);
  const names = bloated.map(({ name }) => name);
  if (names.length > 0) await db.query(`vacuum (analyze, skip_locked) ${names.join(', ')}`);
  return names;
}
