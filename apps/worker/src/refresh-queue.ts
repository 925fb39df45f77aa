import { type Pool, RECENT_CONVERSATIONS, REFRESH_QUEUE } from '@messaging/db';
import {
  createOutageLog,
  type Logger,
  type OutageLog,
  type Running,
  type Tracing,
  waitAtMost,
} from '@messaging/shared';
import { createPostgresBackend, type JobsOptions, type PostgresConnectionOptions, Queue, withBackend } from 'bullmq';
import { addTracedJob } from './add-traced-job.ts';
import type { QueueConfig, WorkerConfig } from './config.ts';

/** The queue that all workers share: at most one refresh waits and one runs. */
export interface RefreshQueue extends Running {
  /**
   * Says that something changed: a refresh will begin after now. Never waits for the queue; failures are logged. Where the
   * trace of what changed it is known, and the refresh belongs to no other yet, it belongs to that.
   */
  nudge: (traceparent?: string) => void;
  /** Lets a job that was put off run now. Never waits for the queue; failures are logged. */
  promote: () => void;
  /**
   * Lets the next nudge add a job whatever became of the present one, such as one that a killed worker has locked.
   * Never waits for the queue; failures are logged.
   */
  giveUpJob: () => void;
  /** How many jobs are in which state; undefined when the queue does not answer in time. */
  countJobs: () => Promise<Record<string, number> | undefined>;
  /** Where everything that uses the queue tells how it went. */
  outage: OutageLog;
}

const ANSWER_TIMEOUT_MS = 1_500;
const CLOSE_TIMEOUT_MS = 1_500;
const STATES = ['waiting', 'active', 'delayed', 'completed', 'failed'] as const;

/**
 * A change while a job waits is covered by it; one that comes while it runs starts another when it ends.
 * No `replace` and no `ttl`: those lose the last change, or postpone the first refresh for as long as changes come.
 * No retries: the job of a refresh that failed is put back until the policy says that it is due again.
 */
const refreshJobOptions = (delayMs: number): JobsOptions => ({
  delay: delayMs,
  deduplication: { id: RECENT_CONVERSATIONS, keepLastIfActive: true },
  removeOnComplete: { count: 100 },
  removeOnFail: { count: 100 },
});

/**
 * Opens the producer side of the queue, on `queueDb` where there is no Redis. A queue that cannot be reached now is used
 * when it can be.
 */
export function startRefreshQueue(
  { queue: config, refresh }: WorkerConfig,
  queueDb: Pool,
  logger: Logger,
  tracing: Tracing | undefined,
): RefreshQueue {
  const queue = createQueue(config, queueDb);
  const outage = createOutageLog(logger, 'queue');
  queue.on('error', (error) => outage.failed(error));
  /** What nobody traces begins no trace here: the sweep asks each second. */
  async function add(traceparent?: string): Promise<void> {
    const options = refreshJobOptions(refresh.quietMs);
    if (tracing && traceparent) await addTracedJob(queue, options, tracing, traceparent);
    else await queue.add(RECENT_CONVERSATIONS, {}, options);
    outage.worked(); // the other calls may have had nothing to write, which a full disk does not refuse
  }
  return {
    outage,
    nudge: oneAtATime(outage, add),
    promote: oneAtATime(outage, () => queue.promoteJobs()),
    giveUpJob: oneAtATime(outage, () => queue.removeDeduplicationKey(RECENT_CONVERSATIONS)),
    countJobs: () => waitAtMost(ANSWER_TIMEOUT_MS, queue.getJobCounts(...STATES), undefined),
    // A queue that is away is told goodbye only when it is back.
    close: () => waitAtMost(CLOSE_TIMEOUT_MS, queue.close(), undefined),
  };
}

/** Calls `call` without waiting for it. While it is under way, as while the queue is unavailable, others do nothing. */
function oneAtATime<Args extends unknown[]>(
  outage: OutageLog,
  call: (...args: Args) => Promise<unknown>,
): (...args: Args) => void {
  let calling = false;
  return (...args) => {
    if (calling) return; // the sweep repeats what is missed
    calling = true;
    call(...args)
      .catch((error: unknown) => outage.failed(error))
      .finally(() => {
        calling = false;
      });
  };
}

type AnyQueue = Pick<Queue, 'add' | 'getJob' | 'getJobCounts' | 'promoteJobs' | 'removeDeduplicationKey' | 'close'> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
};

function createQueue(config: QueueConfig, queueDb: Pool): AnyQueue {
  if (config.redisUrl) {
    return new Queue(REFRESH_QUEUE, { connection: redisConnection(config.redisUrl), prefix: config.prefix });
  }
  const { Queue: PostgresQueue } = withBackend(createPostgresBackend);
  return new PostgresQueue(REFRESH_QUEUE, { connection: asConnection(queueDb) }) as unknown as AnyQueue;
}

/**
 * BullMQ's workers ask for `maxRetriesPerRequest: null`: commands wait for Redis to come back, which is looked for every
 * 2 s at least. They block for 10 s at most, so a connection that says nothing for longer is dead.
 */
export const redisConnection = (url: string) => ({
  url,
  maxRetriesPerRequest: null,
  retryStrategy: (attempts: number) => Math.min(attempts * 200, 2_000),
  connectTimeout: 5_000,
  socketTimeout: 20_000,
});

/** BullMQ takes a pool of node-postgres; its types describe one in words of their own. */
export const asConnection = (pool: Pool) => pool as unknown as PostgresConnectionOptions;
