import { getPendingChanges, type Pool } from '@messaging/db';
import { type Running, within } from '@messaging/shared';
import { createPostgresBackend, DelayedError, type Job, type Processor, Worker, withBackend } from 'bullmq';
import type { QueueConfig, WorkerConfig } from './config.ts';
import { postgresConnection, QUEUE_NAME, type RefreshQueue, redisConnection } from './refresh-queue.ts';
import type { Refresher } from './refresher.ts';

interface ConsumerDeps {
  queue: RefreshQueue;
  refresher: Refresher;
  pool: Pool;
}

/**
 * Runs refresh jobs, one at a time. `close` waits for the one that runs, and leaves a queue that does not answer to
 * itself.
 */
export function startRefreshConsumer(
  { queue: config, shutdownTimeoutMs }: Pick<WorkerConfig, 'queue' | 'shutdownTimeoutMs'>,
  { queue, refresher, pool }: ConsumerDeps,
): Running {
  const worker = createWorker(config, async (job, token) => {
    const { askAgainInMs } = await refresher.refreshIfDue(Date.now() - job.timestamp, 'queue');
    if (askAgainInMs > 0) await postpone(job, token, askAgainInMs);
    // The triggers stay silent while there are changes: those that came meanwhile are ours to see.
    if ((await getPendingChanges(pool)).changes > 0) queue.nudge();
  });
  worker.on('error', (error) => queue.outage.failed(error));
  return {
    close: () => within(shutdownTimeoutMs * 0.75, worker.close(), undefined),
  };
}

/** Puts the job back for later; it keeps its age and its place as the one that waits. */
async function postpone(job: Job, token: string | undefined, delayMs: number): Promise<never> {
  await job.moveToDelayed(Date.now() + delayMs, token);
  throw new DelayedError();
}

type AnyWorker = Pick<Worker, 'close'> & { on(event: 'error', listener: (error: Error) => void): unknown };

function createWorker(config: QueueConfig, processor: Processor): AnyWorker {
  const options = { runRetryDelay: 1_000 };
  if (config.redisUrl) {
    const connection = redisConnection(config.redisUrl);
    return new Worker(QUEUE_NAME, processor, { ...options, connection, prefix: config.prefix });
  }
  const { Worker: PostgresWorker } = withBackend(createPostgresBackend);
  const connection = postgresConnection(config);
  return new PostgresWorker(QUEUE_NAME, processor, { ...options, connection }) as unknown as AnyWorker;
}
