import { RECENT_CONVERSATIONS } from '@messaging/db';
import type { Logger, Running } from '@messaging/shared';
import { createPostgresBackend, type JobsOptions, Queue, withBackend } from 'bullmq';
import type { QueueConfig, WorkerConfig } from './config.ts';

/** The queue that all workers share: at most one refresh waits and one runs. */
export interface RefreshQueue extends Running {
  /** Says that something changed: a refresh will begin after now. Never waits for the queue; failures are logged. */
  nudge: () => void;
  /** Rejects when the queue does not answer. */
  ping: () => Promise<void>;
}

export const QUEUE_NAME = 'refresh';

/**
 * A change while a job waits is covered by it; one that comes while it runs starts another when it ends.
 * No `replace` and no `ttl`: those lose the last change, or postpone the first refresh for as long as changes come.
 */
export const refreshJobOptions = (delayMs: number): JobsOptions => ({
  delay: delayMs,
  deduplication: { id: RECENT_CONVERSATIONS, keepLastIfActive: true },
  attempts: 5,
  backoff: { type: 'exponential', delay: 1_000 },
  removeOnComplete: { count: 100 },
  removeOnFail: { count: 100 },
});

/** Opens the producer side of the queue. A queue that cannot be reached now is used when it can be. */
export function startRefreshQueue({ queue: config, refresh }: WorkerConfig, logger: Logger): RefreshQueue {
  const queue = createQueue(config);
  queue.on('error', (error) => logger.warn({ err: error }, 'queue error'));
  let adding = false;
  return {
    nudge() {
      if (adding) return; // while the queue is away, one waiting call is enough; the sweep repeats what it misses
      adding = true;
      queue
        .add(RECENT_CONVERSATIONS, {}, refreshJobOptions(refresh.quietMs))
        .catch((error: unknown) => logger.warn({ err: error }, 'refresh could not be queued'))
        .finally(() => {
          adding = false;
        });
    },
    async ping() {
      await queue.getJobCounts('delayed');
    },
    close: () => queue.close(),
  };
}

type AnyQueue = Pick<Queue, 'add' | 'getJobCounts' | 'close'> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
};

function createQueue(config: QueueConfig): AnyQueue {
  if (config.redisUrl) {
    return new Queue(QUEUE_NAME, { connection: redisConnection(config.redisUrl), prefix: config.prefix });
  }
  const { Queue: PostgresQueue } = withBackend(createPostgresBackend);
  return new PostgresQueue(QUEUE_NAME, { connection: postgresConnection(config) }) as unknown as AnyQueue;
}

/** BullMQ's workers ask for `maxRetriesPerRequest: null`: commands wait for Redis to come back. */
export const redisConnection = (url: string) => ({ url, maxRetriesPerRequest: null });

/** The schema `bullmq` beside our tables, created on the first connection where our role may. */
export const postgresConnection = ({ connectionString, mayMigrate = true }: QueueConfig) => ({
  connectionString,
  application_name: 'messaging-queue',
  max: 5,
  migrate: mayMigrate,
});
