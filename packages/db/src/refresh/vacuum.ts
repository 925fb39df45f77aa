import type { Queryable } from '../connection/pool.ts';
import { RECENT_CONVERSATIONS } from '../connection/read-models.ts';
import { many } from '../connection/sql.ts';

/** The tables in which each refresh leaves dead rows. The segments change less and are left to autovacuum. */
const TABLES = [RECENT_CONVERSATIONS, 'conversation_changes', 'unsegmented_messages'];

/** A fifth of the rows, and at most 1,000. Deep pages need index-only scans of the view, which dead rows prevent. */
const BLOATED = `
  select relname as "name" from pg_stat_user_tables
  where relid = any($1::regclass[]::oid[]) and n_dead_tup >= least(1000, 50 + n_live_tup / 5)
  order by relname`;

/**
 * Vacuums the view and its pending changes if they have many dead rows, and returns which it vacuumed. Autovacuum
 * checks once a minute and is delayed by consecutive refreshes. Must run on the connection that refreshed.
 */
export async function vacuumBloated(db: Queryable): Promise<string[]> {
  await db.query('select pg_stat_force_next_flush()'); // otherwise the changes of this connection are not counted yet
  const bloated = await many<{ name: string }>(db, BLOATED, [TABLES]);
  const names = bloated.map(({ name }) => name);
  if (names.length > 0) await db.query(`vacuum (analyze, skip_locked) ${names.join(', ')}`);
  return names;
}
