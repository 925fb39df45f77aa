import {
  changesEnv,
  type DatabaseConfig,
  databaseEnv,
  durationMs,
  integer,
  type LoggingConfig,
  loggingEnv,
  port,
  redisEnv,
  shutdownEnv,
  type TracingConfig,
  toDatabaseConfig,
  toLoggingConfig,
  toTracingConfig,
  tracingEnv,
} from '@messaging/shared';
import { z } from 'zod';

/** When a refresh is due: see `timeUntilRefreshMs`. */
export interface RefreshPolicy {
  quietMs: number;
  maxWaitMs: number;
  restFactor: number;
  restMaxMs: number;
  maxBackoffMs: number;
}

/** What one refresh may take, and when it is run without the queue. */
export interface RefreshRunConfig {
  timeoutMs: number;
  lockTimeoutMs: number;
  directAfterMs: number;
}

/** Where the job queue lives: in Redis, or with PostgreSQL where there is none. */
export interface QueueConfig {
  redisUrl: string | undefined;
  prefix: string;
}

/** Settings of the worker process. */
export interface WorkerConfig {
  host: string;
  port: number;
  database: DatabaseConfig;
  queue: QueueConfig;
  refresh: RefreshPolicy;
  refreshRun: RefreshRunConfig;
  sweepIntervalMs: number;
  changesRetentionHours: number;
  logging: LoggingConfig;
  tracing: TracingConfig;
  startTimeoutMs: number;
  shutdownTimeoutMs: number;
}

/** The environment variables of the worker, as documented in docs/configuration.md. */
export const workerEnv = z.object({
  ...databaseEnv,
  ...redisEnv,
  ...loggingEnv,
  ...tracingEnv,
  ...shutdownEnv,
  ...changesEnv,
  WORKER_PORT: port().default(3_001).describe("Port of the worker's `/livez`, `/readyz` and `/metrics`"),
  WORKER_HOST: z.string().default('127.0.0.1').describe("Address of the worker's `/livez`, `/readyz` and `/metrics`"),
  REFRESH_QUIET_MS: durationMs(0, 60_000).default(250).describe('A refresh waits until no change came for this long'),
  REFRESH_MAX_WAIT_MS: durationMs(0, 600_000)
    .default(10_000)
    .describe('Changes that never pause are refreshed after this time at the latest'),
  REFRESH_REST_FACTOR: integer(0, 100)
    .default(3)
    .describe(
      'After a refresh that worked for t, none begins for this many times t: bounds the share of time spent refreshing',
    ),
  REFRESH_REST_MAX_MS: durationMs(0, 3_600_000)
    .default(30_000)
    .describe('The longest pause after a refresh that succeeded, however long that took'),
  REFRESH_BACKOFF_MAX_MS: durationMs(1_000, 3_600_000)
    .default(60_000)
    .describe('Refreshes that fail are tried again after 1, 2, 4 s and so on, up to this time'),
  REFRESH_TIMEOUT_MS: durationMs(100, 86_400_000).default(600_000).describe('A refresh is cancelled after this time'),
  REFRESH_LOCK_TIMEOUT_MS: durationMs(0, 86_400_000)
    .default(30_000)
    .describe('A refresh that waits longer for a lock fails; 0 waits as long as it may take'),
  REFRESH_DIRECT_AFTER_MS: durationMs(0, 3_600_000)
    .default(5_000)
    .describe('A refresh that is due for this long and that the queue did not begin is run without the queue'),
  SWEEP_INTERVAL_MS: durationMs(50, 600_000)
    .default(1_000)
    .describe('How often the worker looks for changes that no notification announced'),
  START_TIMEOUT_MS: durationMs(0, 3_600_000).default(60_000).describe('How long a start waits for the database'),
});

/** `workerEnv` as the configuration that the worker's functions take. */
export const workerConfig = workerEnv.transform((env): WorkerConfig => {
  return {
    host: env.WORKER_HOST,
    port: env.WORKER_PORT,
    database: toDatabaseConfig(env),
    queue: { redisUrl: env.REDIS_URL, prefix: env.QUEUE_PREFIX },
    refresh: {
      quietMs: env.REFRESH_QUIET_MS,
      maxWaitMs: env.REFRESH_MAX_WAIT_MS,
      restFactor: env.REFRESH_REST_FACTOR,
      restMaxMs: env.REFRESH_REST_MAX_MS,
      maxBackoffMs: env.REFRESH_BACKOFF_MAX_MS,
    },
    refreshRun: {
      timeoutMs: env.REFRESH_TIMEOUT_MS,
      lockTimeoutMs: env.REFRESH_LOCK_TIMEOUT_MS,
      directAfterMs: env.REFRESH_DIRECT_AFTER_MS,
    },
    sweepIntervalMs: env.SWEEP_INTERVAL_MS,
    changesRetentionHours: env.CHANGES_RETENTION_HOURS,
    logging: toLoggingConfig(env),
    tracing: toTracingConfig(env),
    startTimeoutMs: env.START_TIMEOUT_MS,
    shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
  };
});
