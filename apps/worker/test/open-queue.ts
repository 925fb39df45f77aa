import { RECENT_CONVERSATIONS, REFRESH_QUEUE } from '@messaging/db';
import type { Running } from '@messaging/shared';
import { createPostgresBackend, type JobState, Queue, Worker, withBackend } from 'bullmq';
import type { QueueConfig } from '../src/config.ts';
import { redisConnection } from '../src/refresh-queue.ts';

/** The queue of refreshes as another host uses it, whose clock may be wrong. */
export interface OtherHost extends Running {
  config: QueueConfig;
  /** Adds the job of a refresh as a worker does. */
  add: (job: { delayMs: number; timestampMs?: number }) => Promise<void>;
  /** Takes the job that waits, and never ends it. */
  lock: (options: { durationMs: number }) => Promise<void>;
  count: (state: JobState) => Promise<number>;
}

/** Opens the queue of `config`, which is in the database where there is no Redis. The caller closes it. */
export function openQueue(config: QueueConfig, connectionString: string): OtherHost {
  const postgres = withBackend(createPostgresBackend);
  const queue = config.redisUrl
    ? new Queue(REFRESH_QUEUE, { connection: redisConnection(config.redisUrl), prefix: config.prefix })
    : (new postgres.Queue(REFRESH_QUEUE, { connection: { connectionString, migrate: true } }) as unknown as Queue);
  const createWorker = (lockDuration: number) =>
    config.redisUrl
      ? new Worker(REFRESH_QUEUE, null, {
          ...{ lockDuration, autorun: false, prefix: config.prefix },
          connection: redisConnection(config.redisUrl),
        })
      : (new postgres.Worker(REFRESH_QUEUE, null, {
          ...{ lockDuration, autorun: false },
          connection: { connectionString, migrate: true },
        }) as unknown as Worker);
  return {
    config,
    async add({ delayMs, timestampMs = Date.now() }) {
      const deduplication = { id: RECENT_CONVERSATIONS, keepLastIfActive: true };
      await queue.add(RECENT_CONVERSATIONS, {}, { delay: delayMs, timestamp: timestampMs, deduplication });
    },
    async lock({ durationMs }) {
      const worker = createWorker(durationMs);
      const job = await worker.getNextJob('a-token');
      if (!job) throw new Error('no job waits');
      await worker.close(true);
    },
    count: (state) => queue.getJobCountByTypes(state),
    close: () => queue.close(),
  };
}
