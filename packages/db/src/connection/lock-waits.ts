import { setTimeout as wait } from 'node:timers/promises';
import type { Queryable } from './pool.ts';

/** Resolution of the measured time. */
const LOOK_EVERY_MS = 100;

/** Adds up how long one session waits for locks. */
export interface LockWaits {
  waitedMs: () => number;
  stop: () => void;
}

/**
 * Checks every 100 ms, over `db`, whether the session `pid` waits for a lock. PostgreSQL does not record how long a
 * session has waited. Nothing is added while `db` does not respond.
 */
export function watchLockWaits(db: Queryable, pid: number): LockWaits {
  const stopped = new AbortController();
  let waitedMs = 0;

  async function look(): Promise<void> {
    let lookedMs = performance.now();
    while (!stopped.signal.aborted) {
      await wait(LOOK_EVERY_MS, undefined, { signal: stopped.signal });
      const { rowCount } = await db.query("select from pg_stat_activity where pid = $1 and wait_event_type = 'Lock'", [
        pid,
      ]);
      const nowMs = performance.now();
      if (rowCount) waitedMs += nowMs - lookedMs;
      lookedMs = nowMs;
    }
  }

  void look().catch(() => {}); // stopped, or the database is unavailable, which the refresh itself reports
  return { waitedMs: () => waitedMs, stop: () => stopped.abort() };
}
