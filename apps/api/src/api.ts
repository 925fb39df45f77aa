import { setTimeout as wait } from 'node:timers/promises';
import { getRefreshStatus, waitForDatabase } from '@messaging/db';
import {
  type Logger,
  type ReleaseStack,
  type Running,
  startOrRelease,
  startTracing,
  waitAtMost,
} from '@messaging/shared';
import type { Express } from 'express';
import { createAccess } from './access/authenticate.ts';
import { startRateLimits } from './access/rate-limits.ts';
import { createApp } from './app.ts';
import type { ApiConfig } from './config.ts';
import { createChangeFeed } from './live/change-feed.ts';
import { createReaderLimits } from './live/reader-limits.ts';
import { createApiMetrics } from './metrics/api-metrics.ts';
import { createBodyMemory } from './middleware/body-memory.ts';
import { type ApiPools, openPools } from './pools.ts';
import { createReads, type Reads } from './replica/reads.ts';
import { startReplica } from './replica/replica.ts';
import { startQueueDashboard } from './routes/queue-dashboard.ts';
import { createHttpServer } from './server/http-server.ts';
import { listen } from './server/listen.ts';

export { apiEnv } from './api-env.ts';
export type { ApiConfig } from './config.ts';

/** A scrape waits no longer for the database. */
const STATUS_TIMEOUT_MS = 1_500;

/** The API, listening on `port`. */
export interface RunningApi extends Running {
  port: number;
}

/**
 * Starts the API: waits for the database, then listens. `close` first answers 503 on `/readyz`, waits the drain delay,
 * finishes the requests under way, then closes the pool. @throws what kept it from starting, after releasing the rest
 */
export function startApi(config: ApiConfig, logger: Logger): Promise<RunningApi> {
  return startOrRelease(logger, async (release) => {
    const tracing = await startTracing(config.tracing, 'messaging-api', logger);
    if (tracing) release.push('traces', tracing, (t) => t.close());
    const { commandDb, importDb, exportDb, changesDb, probes, ...pools } = openPools(config, logger, release);
    const readStatus = () => waitAtMost(STATUS_TIMEOUT_MS, getRefreshStatus(probes), undefined);
    const changeReaders = createReaderLimits(config.changes.readers);
    const metrics = createApiMetrics({ pools: pools.byName, readStatus, countReaders: changeReaders.count });
    const bodyMemory = createBodyMemory(config.bodyMemoryBytes, metrics.bodyBytes);
    await waitForDatabase(probes, logger, config.startTimeoutMs);
    const reads = await startReads(config, pools, logger, release);
    const rateLimits = await startRateLimits(config.rateLimits, logger, metrics);
    release.push('rate limits', rateLimits, (r) => r.close());
    const dashboard = await startQueueDashboard(config.queueDashboard, config.database, logger);
    if (dashboard) release.push('queue dashboard', dashboard, (d) => d.close());
    const access = createAccess(config.access.keys, rateLimits.limitRefused);
    const changeFeed = createChangeFeed({ changesDb, logger, metrics });
    release.push('live changes', changeFeed, (c) => c.close());
    const closing = new AbortController();
    const app = createApp(
      {
        commandDb,
        reads,
        importDb,
        exportDb,
        changeFeed,
        changeReaders,
        changesRetentionHours: config.changes.retentionHours,
        probes,
        bodyMemory,
        logger,
        metrics,
        tracing,
        closing: closing.signal,
        drainDelayMs: config.drainDelayMs,
        access,
      },
      {
        ...config.access,
        bodyTimeoutMs: config.limits.bodyTimeoutMs,
        rateLimit: rateLimits.middleware,
        dashboard: dashboard?.routes(access),
      },
    );
    const port = await startServer(config, app, { closing, logger, release });
    logAccessMode(config, logger);
    return { port, close: release.run };
  });
}

/** Reads on the primary, or on the replica where there is one and while it is there. */
async function startReads(
  config: ApiConfig,
  { primary, replica }: Pick<ApiPools, 'primary' | 'replica'>,
  logger: Logger,
  release: ReleaseStack,
): Promise<Reads> {
  if (!config.replica || !replica) return createReads(primary);
  const { maxLagMs } = config.replica;
  const watched = await startReplica({ ...replica, maxLagMs, logger });
  release.push('replica', watched, (r) => r.close());
  return createReads(primary, watched);
}

/** Listens, and pushes what ends that: `/readyz` answers 503, the drain delay passes, then the server closes. */
async function startServer(
  config: ApiConfig,
  app: Express,
  { closing, logger, release }: { closing: AbortController; logger: Logger; release: ReleaseStack },
): Promise<number> {
  const longestStatementMs = Math.max(config.database.statementTimeoutMs, config.search.timeoutMs);
  const { server, close } = createHttpServer(config.limits, longestStatementMs, app);
  release.push('server', close, (closeServer) => closeServer());
  release.push('readiness', closing, async () => {
    closing.abort();
    await wait(config.drainDelayMs);
  });
  const port = await listen(server, config);
  logger.info({ host: config.host, port }, 'api listening');
  return port;
}

/** Logs who can call this API. */
function logAccessMode({ access, host }: ApiConfig, logger: Logger): void {
  if (access.keys.length > 0) logger.info({ clients: access.keys.map(({ name }) => name) }, 'API keys are required');
  else if (access.localOnly) logger.warn({ host }, 'no API_KEYS: only loopback is served, to everyone on this machine');
  else logger.warn({ host }, 'AUTH=off: everyone who reaches this address may read and write');
}
