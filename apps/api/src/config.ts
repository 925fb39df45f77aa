import {
  type DatabaseConfig,
  type LoggingConfig,
  type TracingConfig,
  toDatabaseConfig,
  toLoggingConfig,
  toTracingConfig,
} from '@messaging/shared';
import { type AccessConfig, findAccessProblem, toAccessConfig } from './access/access-env.ts';
import type { RateLimitConfig } from './access/rate-limits.ts';
import { apiEnv } from './api-env.ts';
import type { ReaderLimitsConfig } from './live/reader-limits.ts';
import type { QueueDashboardConfig } from './routes/queue-dashboard.ts';
import type { ServerLimits } from './server/http-server.ts';

/** Settings of the API process. */
export interface ApiConfig {
  host: string;
  port: number;
  access: AccessConfig;
  rateLimits: RateLimitConfig;
  queueDashboard: QueueDashboardConfig;
  limits: ServerLimits;
  /** Bytes of request bodies that the process holds at once. */
  bodyMemoryBytes: number;
  database: DatabaseConfig;
  logging: LoggingConfig;
  tracing: TracingConfig;
  startTimeoutMs: number;
  search: { poolSize: number; timeoutMs: number };
  commandPoolSize: number;
  importPoolSize: number;
  /** A streaming replica that reads go to. */
  replica: { connectionString: string; maxLagMs: number } | undefined;
  changes: { retentionHours: number; readers: ReaderLimitsConfig };
  drainDelayMs: number;
  shutdownTimeoutMs: number;
}

/** `apiEnv` as the configuration that the API's functions take. */
export const apiConfig = apiEnv
  .superRefine((env, context) => {
    const problem = findAccessProblem(env);
    if (problem) context.addIssue({ code: 'custom', ...problem });
    if (env.SHUTDOWN_DRAIN_MS >= env.SHUTDOWN_TIMEOUT_MS) {
      const message = 'must be less than SHUTDOWN_TIMEOUT_MS, which includes it';
      context.addIssue({ code: 'custom', path: ['SHUTDOWN_DRAIN_MS'], message });
    }
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
      bodyMemoryBytes: env.BODY_MEMORY_MB * 1_048_576,
      database: toDatabaseConfig(env),
      logging: toLoggingConfig(env),
      tracing: toTracingConfig(env),
      startTimeoutMs: env.START_TIMEOUT_MS,
      search: {
        poolSize: env.SEARCH_POOL_SIZE,
        timeoutMs: env.SEARCH_TIMEOUT_MS,
      },
      commandPoolSize: env.COMMAND_POOL_SIZE,
      importPoolSize: env.IMPORT_POOL_SIZE,
      replica:
        env.DATABASE_READ_URL === undefined
          ? undefined
          : { connectionString: env.DATABASE_READ_URL, maxLagMs: env.REPLICA_MAX_LAG_MS },
      changes: {
        retentionHours: env.CHANGES_RETENTION_HOURS,
        readers: { total: env.CHANGES_MAX_READERS, perKey: env.CHANGES_MAX_READERS_PER_KEY },
      },
      drainDelayMs: env.SHUTDOWN_DRAIN_MS,
      shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
    }),
  );
