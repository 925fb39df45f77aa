import { buildSegments, createPool, type Pool, waitForDatabase } from '@messaging/db';
import { createReleaseStack, type Logger, type Running } from '@messaging/shared';
import type { WorkerConfig } from './config.ts';
import { startHttpServer } from './http-server.ts';
import { startListener } from './listener.ts';
import { startRefreshConsumer } from './refresh-consumer.ts';
import { startRefreshQueue } from './refresh-queue.ts';
import { createRefresher } from './refresher.ts';
import { startRepeating } from './repeat.ts';
import { startSweep } from './sweep.ts';
import { createWorkerMetrics } from './worker-metrics.ts';
import { readWorkerState, type WorkerParts } from './worker-state.ts';

export { type WorkerConfig, workerEnv } from './config.ts';

/** The worker, answering `/livez`, `/readyz` and `/metrics` on `port`. */
export interface RunningWorker extends Running {
  port: number;
}

/**
 * Starts the worker: hears of changes, coalesces them, refreshes the view. `close` first answers 503 on `/readyz`, stops
 * hearing, lets a running refresh finish (or cancels it when time runs out), then closes queue and pool.
 * @throws what kept it from starting, after releasing the rest
 */
export async function startWorker(config: WorkerConfig, logger: Logger): Promise<RunningWorker> {
  const release = createReleaseStack(logger);
  try {
    const pool = release.push('postgres', createPool(config.database, logger, 'messaging-worker'), (p) => p.end());
    const parts: WorkerParts = { pool, closing: false };
    const metrics = createWorkerMetrics(() => readWorkerState(parts));
    const http = release.push('http', await startHttpServer(config, parts, metrics), (server) => server.close());
    await waitForDatabase(pool, logger, config.startTimeoutMs);

    const queue = release.push('queue', startRefreshQueue(config, logger), (q) => q.close());
    const cancel = new AbortController();
    const refresher = createRefresher(config, { pool, metrics: metrics.refresh, logger, signal: cancel.signal });
    release.push('consumer', startRefreshConsumer(config.queue, { queue, refresher, pool, logger }), (c) => c.close());
    const listener = await startListener(config.database, queue.nudge, logger);
    release.push('listener', listener, (l) => l.close());
    release.push('segment builder', startSegmentBuilder(config, pool, logger), (b) => b.close());
    release.push('sweep', startSweep(config, { queue, refresher, pool, logger }), (s) => s.close());
    release.push('readiness', parts, () => {
      parts.closing = true;
      setTimeout(() => cancel.abort(), config.shutdownTimeoutMs / 2).unref();
    });
    Object.assign(parts, { queue, listener });
    const backend = config.queue.redisUrl ? 'redis' : 'postgres';
    logger.info({ host: config.host, port: http.port, queueBackend: backend }, 'worker started');
    return { port: http.port, close: release.run };
  } catch (error) {
    await release.run();
    throw error;
  }
}

function startSegmentBuilder(config: WorkerConfig, pool: Pool, logger: Logger): Running {
  return startRepeating('build segments', config.sweepIntervalMs, logger, async (signal) => {
    const ranges = await buildSegments(pool, { signal });
    if (ranges > 0) logger.info({ ranges }, 'search segments built');
  });
}
