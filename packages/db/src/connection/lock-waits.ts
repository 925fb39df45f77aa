import { setTimeout as wait } from 'node:timers/promises';
import type { Queryable } from './pool.ts';

/** What the time waited is exact to. */
const LOOK_EVERY_MS = 100;

/** Adds up how long one session waits for locks. */
export interface LockWaits {
  waitedMs: () => number;
  stop: () => void;
}

/**
 * Looks every 100 ms, over `db`, whether the session `pid` waits for a lock: PostgreSQL does not keep how long a session
 * has waited. While `db` does not respond, nothing is added.
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
