import { getPendingChanges, type Pool } from '@messaging/db';
import type { Logger, Running } from '@messaging/shared';
import type { WorkerConfig } from './config.ts';
import { timeUntilRefreshMs } from './refresh-policy.ts';
import type { RefreshQueue } from './refresh-queue.ts';
import type { Refresher } from './refresher.ts';
import { startRepeating } from './repeat.ts';

interface SweepDeps {
  queue: RefreshQueue;
  refresher: Refresher;
  pool: Pool;
  logger: Logger;
}

/**
 * Looks for changes that nobody announced, and asks for their refresh: a notification can be lost, one is only sent for
 * the first change, and a job can fail or vanish with its queue. A refresh that has been due for `directAfterMs` and was
 * not begun is run right here: the queue is a convenience, and the view must not depend on it.
 */
export function startSweep(config: WorkerConfig, { queue, refresher, pool, logger }: SweepDeps): Running {
  let pendingSince: number | undefined;
  let dueSince: number | undefined;

  return startRepeating('sweep', config.sweepIntervalMs, logger, async () => {
    if (queue.outage.isOut()) queue.nudge(); // only what is written tells that it works again
    const pending = await getPendingChanges(pool);
    if (pending.changes === 0) {
      pendingSince = dueSince = undefined;
      return;
    }
    queue.nudge();
    const now = performance.now();
    pendingSince ??= now;
    const dueInMs = timeUntilRefreshMs(pending, now - pendingSince, config.refresh);
    dueSince = dueInMs > 0 ? undefined : (dueSince ?? now);
    if (dueSince === undefined || now - dueSince < config.refreshRun.directAfterMs) return;
    dueSince = undefined;
    await refresher.refreshIfDue(now - pendingSince, 'direct');
  });
}
