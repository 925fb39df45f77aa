import { type Pool, REFRESH_QUEUE } from '@messaging/db';
import { type Logger, type Running, reasonOf, waitAtMost } from '@messaging/shared';
import { createPostgresBackend, DelayedError, type Job, type Processor, Worker, withBackend } from 'bullmq';
import type { RefreshJob } from './add-traced-job.ts';
import type { QueueConfig } from './config.ts';
import { asConnection, type RefreshQueue, redisConnection } from './refresh-queue.ts';
import type { Refresher } from './refresher.ts';

interface ConsumerDeps {
  queue: RefreshQueue;
  refresher: Refresher;
  /** Where the queue is, if it is not in Redis. */
  queueDb: Pool;
  logger: Logger;
}

const CLOSE_TIMEOUT_MS = 1_500;

/**
 * Runs refresh jobs, one at a time. `close` waits for the one that runs, and leaves a queue that does not answer to
 * itself: it would wait for its return.
 */
export function startRefreshConsumer(
  config: QueueConfig,
  { queue, refresher, queueDb, logger }: ConsumerDeps,
): Running {
  let working: Promise<unknown> = Promise.resolve();
  const worker = createWorker(config, queueDb, (job, token) => {
    const work = refresh(job, token).catch(failSafely);
    working = work.catch(() => {}); // BullMQ hears of it
    return work;
  });
  worker.on('error', (error) => {
    if (isAboutJob(error)) logger.debug({ err: error }, 'job was lost, its refresh was not');
    else queue.outage.failed(error);
  });

  async function refresh(job: Job, token: string | undefined): Promise<void> {
    const { traceparent } = job.data as RefreshJob;
    const { askAgainInMs } = await refresher.refreshIfDue('queue', traceparent);
    if (askAgainInMs > 0) await postpone(job, token, askAgainInMs);
    // The triggers stay silent while there are changes: those that came meanwhile are ours to see.
    if ((await refresher.timeUntilDueMs()) !== undefined) queue.nudge();
  }

  return {
    async close() {
      const closed = worker.close();
      closed.catch(() => {}); // it is waited for below, but may fail before
      await working;
      await waitAtMost(CLOSE_TIMEOUT_MS, closed, undefined);
    },
  };
}

/** BullMQ stores the message and the stack of what a job fails with, and the dashboard shows them. */
function failSafely(error: unknown): never {
  if (error instanceof DelayedError) throw error;
  throw new Error(reasonOf(error));
}

/** BullMQ numbers what it says of jobs, such as one that was flushed while it ran; systems and servers use words. */
const isAboutJob = (error: Error) => 'code' in error && typeof error.code === 'number';

/** Puts the job back for later; it keeps its age and its place as the one that waits. */
async function postpone(job: Job, token: string | undefined, delayMs: number): Promise<never> {
  await job.moveToDelayed(Date.now() + delayMs, token);
  throw new DelayedError();
}

type AnyWorker = Pick<Worker, 'close'> & { on(event: 'error', listener: (error: Error) => void): unknown };

function createWorker(config: QueueConfig, queueDb: Pool, processor: Processor): AnyWorker {
  const options = { runRetryDelay: 1_000 };
  if (config.redisUrl) {
    const connection = redisConnection(config.redisUrl);
    return new Worker(REFRESH_QUEUE, processor, { ...options, connection, prefix: config.prefix });
  }
  const { Worker: PostgresWorker } = withBackend(createPostgresBackend);
  return new PostgresWorker(REFRESH_QUEUE, processor, {
    ...options,
    connection: asConnection(queueDb),
  }) as unknown as AnyWorker;
}
