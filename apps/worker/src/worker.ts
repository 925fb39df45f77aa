import { createPool, createProbePool, waitForDatabase } from '@messaging/db';
import { type Logger, type Running, startOrRelease, startTracing } from '@messaging/shared';
import type { WorkerConfig } from './config.ts';
import { startHttpServer } from './health/http-server.ts';
import { createWorkerMetrics } from './health/worker-metrics.ts';
import { readWorkerState, type WorkerParts } from './health/worker-state.ts';
import { startChangeLogPruner, startCompaction, startPruner, startSearchIndexBuilder } from './housekeeping.ts';
import { startListener } from './listener.ts';
import { openQueueDb } from './queue-schema.ts';
import { startRefreshConsumer } from './refresh-consumer.ts';
import { startRefreshQueue } from './refresh-queue.ts';
import { createRefresher } from './refresher.ts';
import { startSweep } from './sweep.ts';

export { type WorkerConfig, workerEnv } from './config.ts';
export { migrateQueue } from './queue-schema.ts';

/** The worker, answering `/livez`, `/readyz` and `/metrics` on `port`. */
export interface RunningWorker extends Running {
  port: number;
}

/**
 * Starts the worker: hears of changes, coalesces them, refreshes the view. `close` first answers 503 on `/readyz`, stops
 * hearing, lets a running refresh finish (or cancels it when time runs out), then closes queue and pool.
 * @throws what kept it from starting, after releasing the rest
 */
export function startWorker(config: WorkerConfig, logger: Logger): Promise<RunningWorker> {
  return startOrRelease(logger, async (release) => {
    const tracing = await startTracing(config.tracing, 'messaging-worker', logger);
    if (tracing) release.push('traces', tracing, (t) => t.close());
    const pool = release.push('postgres', createPool(config.database, logger, 'messaging-worker'), (p) => p.end());
    const probes = createProbePool(config.database, logger, 'messaging-worker-probe');
    release.push('postgres: probes', probes, (p) => p.end());
    const parts: WorkerParts = { probes, closing: false };
    const metrics = createWorkerMetrics(() => readWorkerState(parts));
    const http = release.push('http', await startHttpServer(config, parts, metrics, logger), (s) => s.close());
    await waitForDatabase(probes, logger, config.startTimeoutMs);

    const queueDb = await openQueueDb(config, { pool, logger, release });
    const queue = release.push('queue', startRefreshQueue(config, queueDb, logger, tracing), (q) => q.close());
    const cancel = new AbortController();
    const refresher = createRefresher(config, {
      pool,
      metrics: metrics.refresh,
      tracing,
      logger,
      signal: cancel.signal,
    });
    const consumer = startRefreshConsumer(config.queue, { queue, refresher, queueDb, logger });
    release.push('consumer', consumer, (c) => c.close());
    const listener = await startListener(config.database, queue.nudge, logger);
    release.push('listener', listener, (l) => l.close());
    release.push('search index builder', startSearchIndexBuilder(config, pool, logger), (b) => b.close());
    release.push('compaction', startCompaction(pool, logger), (c) => c.close());
    release.push('pruner', startPruner(pool, logger), (p) => p.close());
    release.push('change log pruner', startChangeLogPruner(config, pool, logger), (p) => p.close());
    release.push('sweep', startSweep(config, { queue, refresher, logger }), (s) => s.close());
    release.push('readiness', parts, () => {
      parts.closing = true;
      setTimeout(() => cancel.abort(), config.shutdownTimeoutMs / 2).unref();
    });
    Object.assign(parts, { queue, listener });
    const backend = config.queue.redisUrl ? 'redis' : 'postgres';
    logger.info({ host: config.host, port: http.port, queueBackend: backend }, 'worker started');
    return { port: http.port, close: release.run };
  });
}
