import {
  type DatabaseConfig,
  databaseEnv,
  durationMs,
  integer,
  type LoggingConfig,
  loggingEnv,
  port,
  redisEnv,
  shutdownEnv,
  toDatabaseConfig,
  toLoggingConfig,
} from '@messaging/shared';
import { z } from 'zod';

/** When a refresh is due: see `timeUntilRefreshMs`. */
export interface RefreshPolicy {
  quietMs: number;
  maxWaitMs: number;
  restFactor: number;
}

/** Where the job queue lives: in Redis, or with PostgreSQL where there is none. */
export interface QueueConfig {
  redisUrl: string | undefined;
  connectionString: string;
  /** Whether a queue in PostgreSQL makes its own schema; true unless said otherwise. */
  mayMigrate?: boolean;
  prefix: string;
}

/** Settings of the worker process. */
export interface WorkerConfig {
  host: string;
  port: number;
  database: DatabaseConfig;
  queue: QueueConfig;
  refresh: RefreshPolicy;
  refreshTimeoutMs: number;
  sweepIntervalMs: number;
  logging: LoggingConfig;
  startTimeoutMs: number;
  shutdownTimeoutMs: number;
}

/** The environment variables of the worker, as documented in docs/configuration.md. */
export const workerEnv = z.object({
  ...databaseEnv,
  ...redisEnv,
  ...loggingEnv,
  ...shutdownEnv,
  WORKER_PORT: port().default(3_001).describe("Port of the worker's `/livez` and `/readyz`"),
  WORKER_HOST: z.string().default('127.0.0.1').describe("Address of the worker's `/livez` and `/readyz`"),
  REFRESH_QUIET_MS: durationMs(0, 60_000).default(250).describe('A refresh waits until no change came for this long'),
  REFRESH_MAX_WAIT_MS: durationMs(0, 600_000)
    .default(5_000)
    .describe('Changes that never pause are refreshed after this time at the latest'),
  REFRESH_REST_FACTOR: integer(0, 100)
    .default(3)
    .describe(
      'After a refresh that took t, none begins for this many times t: bounds the share of time spent refreshing',
    ),
  REFRESH_TIMEOUT_MS: durationMs(100, 86_400_000).default(600_000).describe('A refresh is cancelled after this time'),
  SWEEP_INTERVAL_MS: durationMs(50, 600_000)
    .default(1_000)
    .describe('How often the worker looks for changes that no notification announced'),
  START_TIMEOUT_MS: durationMs(0, 3_600_000).default(60_000).describe('How long a start waits for the database'),
});

/** `workerEnv` as the configuration that the worker's functions take. */
export const workerConfig = workerEnv.transform((env): WorkerConfig => {
  const database = toDatabaseConfig(env);
  return {
    host: env.WORKER_HOST,
    port: env.WORKER_PORT,
    database,
    queue: { redisUrl: env.REDIS_URL, connectionString: database.connectionString, prefix: env.QUEUE_PREFIX },
    refresh: { quietMs: env.REFRESH_QUIET_MS, maxWaitMs: env.REFRESH_MAX_WAIT_MS, restFactor: env.REFRESH_REST_FACTOR },
    refreshTimeoutMs: env.REFRESH_TIMEOUT_MS,
    sweepIntervalMs: env.SWEEP_INTERVAL_MS,
    logging: toLoggingConfig(env),
    startTimeoutMs: env.START_TIMEOUT_MS,
    shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
  };
});
