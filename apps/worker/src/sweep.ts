import type { Logger, Running } from '@messaging/shared';
import type { WorkerConfig } from './config.ts';
import type { RefreshQueue } from './refresh-queue.ts';
import type { Refresher } from './refresher.ts';
import { startRepeating } from './repeat.ts';

interface SweepDeps {
  queue: RefreshQueue;
  refresher: Refresher;
  logger: Logger;
}

/** A job that has not begun for this long after its refresh was due is stuck: one that meets a refresh asks again sooner. */
const STUCK_AFTER_MS = 1_000;

/**
 * Looks for changes that nobody announced, and asks for their refresh: a notification can be lost, one is only sent for
 * the first change, and a job can fail, vanish with its queue, or be put off by a clock that was wrong. A refresh that has
 * been due for `directAfterMs` and was not begun is run right here: the queue is a convenience, and the view must not
 * depend on it.
 */
export function startSweep(config: WorkerConfig, { queue, refresher, logger }: SweepDeps): Running {
  let dueSinceMs: number | undefined;

  return startRepeating('sweep', config.sweepIntervalMs, logger, async () => {
    if (queue.outage.isOut()) queue.nudge(); // only what is written tells that it works again
    const dueInMs = await refresher.timeUntilDueMs();
    if (dueInMs !== undefined) queue.nudge();
    if (dueInMs !== 0) {
      dueSinceMs = undefined;
      return;
    }
    dueSinceMs ??= performance.now();
    const dueForMs = performance.now() - dueSinceMs;
    const isStuck = dueForMs >= STUCK_AFTER_MS;
    if (isStuck) queue.promote();
    if (dueForMs < config.refreshRun.directAfterMs) return;
    dueSinceMs = undefined;
    const { askAgainInMs } = await refresher.refreshIfDue('direct');
    if (isStuck && askAgainInMs === 0) queue.giveUpJob(); // it was not busy with a refresh: nobody else was refreshing
  });
}
