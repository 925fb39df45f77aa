import {
  type DatabaseConfig,
  databaseEnv,
  durationMs,
  integer,
  type LoggingConfig,
  loggingEnv,
  port,
  postgresUrl,
  redisEnv,
  shutdownEnv,
  type TracingConfig,
  toDatabaseConfig,
  toLoggingConfig,
  toTracingConfig,
  tracingEnv,
} from '@messaging/shared';
import { z } from 'zod';
import { type AccessConfig, accessEnv, findAccessProblem, toAccessConfig } from './access/access-env.ts';
import type { RateLimitConfig } from './access/rate-limits.ts';
import type { ServerLimits } from './http-server.ts';
import type { QueueDashboardConfig } from './queue-dashboard.ts';

/** Settings of the API process. */
export interface ApiConfig {
  host: string;
  port: number;
  access: AccessConfig;
  rateLimits: RateLimitConfig;
  queueDashboard: QueueDashboardConfig;
  limits: ServerLimits;
  database: DatabaseConfig;
  logging: LoggingConfig;
  tracing: TracingConfig;
  startTimeoutMs: number;
  search: { poolSize: number; slowPoolSize: number; timeoutMs: number };
  importPoolSize: number;
  /** A streaming replica that reads go to. */
  replica: { connectionString: string; maxLagMs: number } | undefined;
  drainDelayMs: number;
  shutdownTimeoutMs: number;
}

/** The environment variables of the API, as documented in docs/configuration.md. */
export const apiEnv = z.object({
  ...databaseEnv,
  ...redisEnv,
  ...accessEnv,
  ...loggingEnv,
  ...tracingEnv,
  ...shutdownEnv,
  PORT: port().default(3_000).describe('Port of the API'),
  MAX_CONNECTIONS: integer(1, 1_000_000)
    .default(20_000)
    .describe('Connections the API has open at most; more are closed at once'),
  HEADERS_TIMEOUT_MS: durationMs(100, 600_000)
    .default(20_000)
    .describe('How long the headers of a request may take to arrive'),
  BODY_TIMEOUT_MS: durationMs(100, 3_600_000)
    .default(30_000)
    .describe('How long the body of a request may take to arrive; a streamed one, how long it may pause'),
  KEEP_ALIVE_TIMEOUT_MS: durationMs(0, 3_600_000)
    .default(65_000)
    .describe('How long an idle connection is kept; longer than a load balancer in front keeps it'),
  DATABASE_READ_URL: postgresUrl()
    .optional()
    .describe(
      'A streaming replica of the database, for reads: they are as fresh as it is, and `Replica-Lag-Ms` says how fresh',
    ),
  REPLICA_MAX_LAG_MS: durationMs(1_000, 3_600_000)
    .default(10_000)
    .describe('Reads go to the primary while the replica is further behind than this'),
  START_TIMEOUT_MS: durationMs(0, 3_600_000).default(60_000).describe('How long a start waits for the database'),
  SEARCH_POOL_SIZE: integer(1, 100)
    .default(2)
    .describe('Connections for searches at most, one a core: they cannot take those of the other reads'),
  SEARCH_SLOW_POOL_SIZE: integer(1, 100)
    .default(1)
    .describe('Connections for the part of a search that can take a good part of a second and two cores'),
  SEARCH_TIMEOUT_MS: durationMs(100, 600_000)
    .default(10_000)
    .describe('A statement of a search is cancelled after this time, and the search answered with 503'),
  IMPORT_POOL_SIZE: integer(1, 100)
    .default(2)
    .describe('Imports at once; others wait up to 5 s for their turn and are then answered with 503'),
  QUEUE_DASHBOARD: z
    .enum(['true', 'false'], 'must be true or false')
    .default('false')
    .describe('`true`: show the job queue at `/admin/queues`, to keys with the scope `admin` where there are keys'),
  SHUTDOWN_DRAIN_MS: durationMs(0, 60_000)
    .default(0)
    .describe('How long `/readyz` answers 503 before the server stops accepting, for a load balancer to notice'),
});

/** `apiEnv` as the configuration that the API's functions take. */
export const apiConfig = apiEnv
  .superRefine((env, context) => {
    const problem = findAccessProblem(env);
    if (problem) context.addIssue({ code: 'custom', ...problem });
  })
  .transform(
    (env): ApiConfig => ({
      host: env.HOST,
      port: env.PORT,
      access: toAccessConfig(env),
      rateLimits: {
        readsPerMinute: env.RATE_LIMIT_READS_PER_MINUTE,
        writesPerMinute: env.RATE_LIMIT_WRITES_PER_MINUTE,
        redisUrl: env.REDIS_URL,
        prefix: env.QUEUE_PREFIX,
      },
      queueDashboard: {
        enabled: env.QUEUE_DASHBOARD === 'true',
        redisUrl: env.REDIS_URL,
        prefix: env.QUEUE_PREFIX,
      },
      limits: {
        maxConnections: env.MAX_CONNECTIONS,
        headersTimeoutMs: env.HEADERS_TIMEOUT_MS,
        bodyTimeoutMs: env.BODY_TIMEOUT_MS,
        keepAliveTimeoutMs: env.KEEP_ALIVE_TIMEOUT_MS,
      },
      database: toDatabaseConfig(env),
      logging: toLoggingConfig(env),
      tracing: toTracingConfig(env),
      startTimeoutMs: env.START_TIMEOUT_MS,
      search: {
        poolSize: env.SEARCH_POOL_SIZE,
        slowPoolSize: env.SEARCH_SLOW_POOL_SIZE,
        timeoutMs: env.SEARCH_TIMEOUT_MS,
      },
      importPoolSize: env.IMPORT_POOL_SIZE,
      replica:
        env.DATABASE_READ_URL === undefined
          ? undefined
          : { connectionString: env.DATABASE_READ_URL, maxLagMs: env.REPLICA_MAX_LAG_MS },
      drainDelayMs: env.SHUTDOWN_DRAIN_MS,
      shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
    }),
  );
