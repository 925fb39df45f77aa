import { setTimeout as wait } from 'node:timers/promises';
import type { Pool } from '../connection/pool.ts';
import { one } from '../connection/sql.ts';

const ASK_AGAIN_MS = 100;

/**
 * Recounts the lists. Call it once the view is correct. A writer that began before used the wrong view to decide
 * whether a contact is new to the list, so this first waits until all earlier transactions have ended.
 */
export async function countLists(pool: Pool, onWait: () => void = () => {}): Promise<void> {
  const { next } = await one<{ next: string }>(pool, 'select pg_snapshot_xmax(pg_current_snapshot())::text as next');
  const areGone = async (): Promise<boolean> => (await one<{ areGone: boolean }>(pool, ARE_GONE, [next])).areGone;
  for (let attempt = 0; !(await areGone()); attempt += 1) {
    if (attempt === 10) onWait();
    await wait(ASK_AGAIN_MS);
  }
  await pool.query('call count_lists()');
}

const ARE_GONE = `select pg_snapshot_xmin(pg_current_snapshot()) >= $1::xid8 as "areGone"`;
