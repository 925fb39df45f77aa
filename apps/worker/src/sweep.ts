import { getPendingChanges, type Pool } from '@messaging/db';
import type { Logger, Running } from '@messaging/shared';
import type { RefreshQueue } from './refresh-queue.ts';

interface SweepDeps {
  pool: Pool;
  queue: RefreshQueue;
  logger: Logger;
}

/** Looks for pending changes every `intervalMs`, so that a notification that was lost or never sent costs no more. */
export function startSweep(intervalMs: number, { pool, queue, logger }: SweepDeps): Running {
  let closed = false;
  let failing = false;
  let looking = Promise.resolve();
  const look = async (): Promise<void> => {
    try {
      if ((await getPendingChanges(pool)).changes > 0) queue.nudge();
      if (failing) logger.info('sweep works again');
      failing = false;
    } catch (error) {
      if (!failing) logger.warn({ err: error }, 'sweep failed'); // once, not every interval while the database is away
      failing = true;
    }
    if (!closed) timer = setTimeout(run, intervalMs);
  };
  const run = (): void => {
    looking = look();
  };
  let timer = setTimeout(run, intervalMs);
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
