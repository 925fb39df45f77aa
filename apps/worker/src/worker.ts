import {
  buildNgrams,
  buildSegments,
  createPool,
  getPendingChanges,
  pruneIdempotencyKeys,
  waitForDatabase,
} from '@messaging/db';
import { createReleaseStack, type Logger, type Running } from '@messaging/shared';
import type { WorkerConfig } from './config.ts';
import { startHealthServer } from './health.ts';
import { startListener } from './listener.ts';
import { mayMigrateQueue } from './queue-schema.ts';
import { startRefreshConsumer } from './refresh-consumer.ts';
import { startRefreshQueue } from './refresh-queue.ts';
import { startRepeating } from './repeat.ts';

export { type WorkerConfig, workerEnv } from './config.ts';
export { migrateQueue } from './queue-schema.ts';

/** The worker, answering `/livez` and `/readyz` on `port`. */
export interface RunningWorker extends Running {
  port: number;
}

const PRUNE_INTERVAL_MS = 600_000;

/**
 * Starts the worker: hears of changes, coalesces them, refreshes the view. `close` stops hearing first, lets a running
 * refresh finish (or cancels it when time runs out), then closes queue and pool.
 * @throws what kept it from starting, after releasing the rest
 */
export async function startWorker(config: WorkerConfig, logger: Logger): Promise<RunningWorker> {
  const release = createReleaseStack(logger);
  try {
    const pool = release.push('postgres', createPool(config.database, logger, 'messaging-worker'), (p) => p.end());
    await waitForDatabase(pool, logger, config.startTimeoutMs);
    const queued = { ...config, queue: { ...config.queue, mayMigrate: await mayMigrateQueue(pool) } };
    const queue = release.push('queue', startRefreshQueue(queued, logger), (q) => q.close());
    release.push('consumer', startRefreshConsumer(queued, { pool, queue, logger }), (c) => c.close());
    const listener = release.push('listener', await startListener(config.database, queue, logger), (l) => l.close());
    // A notification can be lost, and one is only sent for the first change: this finds the rest.
    const sweep = startRepeating('sweep', config.sweepIntervalMs, logger, async () => {
      if ((await getPendingChanges(pool)).changes > 0) queue.nudge();
    });
    release.push('sweep', sweep, (s) => s.close());
    const builder = startRepeating('build search indexes', config.sweepIntervalMs, logger, async (signal) => {
      const segmentRanges = await buildSegments(pool, { signal });
      const ngramRanges = await buildNgrams(pool, { signal }); // is made from the segments
      if (segmentRanges + ngramRanges > 0) logger.info({ segmentRanges, ngramRanges }, 'search indexes built');
    });
    release.push('search index builder', builder, (b) => b.close());
    const pruner = startRepeating('prune idempotency keys', PRUNE_INTERVAL_MS, logger, async () => {
      const keys = await pruneIdempotencyKeys(pool);
      if (keys > 0) logger.info({ keys }, 'idempotency keys pruned');
    });
    release.push('pruner', pruner, (p) => p.close());
    const health = release.push('health', await startHealthServer(config, { pool, queue, listener }), (h) => h.close());
    const backend = config.queue.redisUrl ? 'redis' : 'postgres';
    logger.info({ host: config.host, port: health.port, queueBackend: backend }, 'worker started');
    return { port: health.port, close: release.run };
  } catch (error) {
    await release.run();
    throw error;
  }
}
