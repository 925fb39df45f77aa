import { getPendingChanges, type Pool, RECENT_CONVERSATIONS, refreshRecentConversations } from '@messaging/db';
import type { Logger, Running } from '@messaging/shared';
import { createPostgresBackend, DelayedError, type Job, type Processor, Worker, withBackend } from 'bullmq';
import type { QueueConfig, WorkerConfig } from './config.ts';
import { timeUntilRefreshMs } from './refresh-policy.ts';
import { postgresConnection, QUEUE_NAME, type RefreshQueue, redisConnection } from './refresh-queue.ts';

interface ConsumerDeps {
  pool: Pool;
  queue: RefreshQueue;
  logger: Logger;
}

/** Runs refresh jobs, one at a time. `close` lets a running refresh finish for half the shutdown time, then cancels it. */
export function startRefreshConsumer(config: WorkerConfig, deps: ConsumerDeps): Running {
  const closing = new AbortController();
  const worker = createWorker(config.queue, (job, token) => refresh(job, token, config, deps, closing.signal));
  worker.on('error', (error) => deps.logger.warn({ err: error }, 'queue worker error'));
  worker.on('failed', (job, error) => {
    deps.logger.error({ err: error, readModel: RECENT_CONVERSATIONS, attempt: job?.attemptsMade }, 'refresh failed');
  });
  return {
    async close() {
      const timer = setTimeout(() => closing.abort(), config.shutdownTimeoutMs / 2);
      await worker.close();
      clearTimeout(timer);
    },
  };
}

async function refresh(
  job: Job,
  token: string | undefined,
  config: WorkerConfig,
  { pool, queue, logger }: ConsumerDeps,
  signal: AbortSignal,
): Promise<void> {
  const pending = await getPendingChanges(pool);
  if (pending.changes === 0) return;
  const waitMs = timeUntilRefreshMs(pending, Date.now() - job.timestamp, config.refresh);
  if (waitMs > 0) return postpone(job, token, waitMs);

  const outcome = await refreshRecentConversations(config.database, { timeoutMs: config.refreshTimeoutMs, signal });
  if (outcome.skipped) return postpone(job, token, config.refresh.quietMs);
  const { changesSeen, changesPruned } = outcome;
  const durationMs = Math.round(outcome.durationMs);
  logger.info({ readModel: RECENT_CONVERSATIONS, changesSeen, changesPruned, durationMs }, 'view refreshed');
  // The triggers stay silent while there are changes: those that came meanwhile are ours to see.
  if ((await getPendingChanges(pool)).changes > 0) queue.nudge();
}

/** Puts the job back for later; it keeps its age and its place as the one that waits. */
async function postpone(job: Job, token: string | undefined, delayMs: number): Promise<never> {
  await job.moveToDelayed(Date.now() + delayMs, token);
  throw new DelayedError();
}

type AnyWorker = Pick<Worker, 'close'> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'failed', listener: (job: Job | undefined, error: Error) => void): unknown;
};

function createWorker(config: QueueConfig, processor: Processor): AnyWorker {
  if (config.redisUrl) {
    return new Worker(QUEUE_NAME, processor, { connection: redisConnection(config.redisUrl), prefix: config.prefix });
  }
  const { Worker: PostgresWorker } = withBackend(createPostgresBackend);
  return new PostgresWorker(QUEUE_NAME, processor, { connection: postgresConnection(config) }) as unknown as AnyWorker;
}
