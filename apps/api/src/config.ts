import {
  type DatabaseConfig,
  databaseEnv,
  durationMs,
  integer,
  type LoggingConfig,
  loggingEnv,
  port,
  shutdownEnv,
  toDatabaseConfig,
  toLoggingConfig,
} from '@messaging/shared';
import { z } from 'zod';

/** Settings of the API process. */
export interface ApiConfig {
  host: string;
  port: number;
  database: DatabaseConfig;
  logging: LoggingConfig;
  startTimeoutMs: number;
  search: { poolSize: number; slowPoolSize: number; timeoutMs: number };
  importPoolSize: number;
  drainDelayMs: number;
  shutdownTimeoutMs: number;
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

/** The environment variables of the API, as documented in docs/configuration.md. */
export const apiEnv = z.object({
  ...databaseEnv,
  ...loggingEnv,
  ...shutdownEnv,
  PORT: port().default(3_000).describe('Port of the API'),
  HOST: z.string().default('127.0.0.1').describe('Address the API listens on; only loopback unless `AUTH=off`'),
  AUTH: z
    .enum(['required', 'off'], 'must be required or off')
    .default('required')
    .describe('`off`: serve addresses beyond loopback to everyone who reaches them'),
  START_TIMEOUT_MS: durationMs(0, 3_600_000).default(60_000).describe('How long a start waits for the database'),
  SEARCH_POOL_SIZE: integer(1, 100)
    .default(4)
    .describe('Connections for searches at most: they cannot take those of the other reads'),
  SEARCH_SLOW_POOL_SIZE: integer(1, 100)
    .default(2)
    .describe('Connections for the part of a search that can take a good part of a second'),
  SEARCH_TIMEOUT_MS: durationMs(100, 600_000)
    .default(10_000)
    .describe('A statement of a search is cancelled after this time, and the search answered with 503'),
  IMPORT_POOL_SIZE: integer(1, 100)
    .default(2)
    .describe('Imports at once; others wait up to 5 s for their turn and are then answered with 503'),
  SHUTDOWN_DRAIN_MS: durationMs(0, 60_000)
    .default(0)
    .describe('How long `/readyz` answers 503 before the server stops accepting, for a load balancer to notice'),
});

/** `apiEnv` as the configuration that the API's functions take. */
export const apiConfig = apiEnv
  .refine((env) => env.AUTH === 'off' || LOOPBACK.test(env.HOST), {
    path: ['HOST'],
    message: 'is not a loopback address, and there is no authentication: set AUTH=off to serve everyone who reaches it',
  })
  .transform(
    (env): ApiConfig => ({
      host: env.HOST,
      port: env.PORT,
      database: toDatabaseConfig(env),
      logging: toLoggingConfig(env),
      startTimeoutMs: env.START_TIMEOUT_MS,
      search: {
        poolSize: env.SEARCH_POOL_SIZE,
        slowPoolSize: env.SEARCH_SLOW_POOL_SIZE,
        timeoutMs: env.SEARCH_TIMEOUT_MS,
      },
      importPoolSize: env.IMPORT_POOL_SIZE,
      drainDelayMs: env.SHUTDOWN_DRAIN_MS,
      shutdownTimeoutMs: env.SHUTDOWN_TIMEOUT_MS,
    }),
  );
