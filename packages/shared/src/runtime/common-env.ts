import { z } from 'zod';
import { decimal, durationMs, integer, postgresUrl, redisUrl } from './env.ts';

/** The address of PostgreSQL: one URL, or the five `DB_` variables. */
export const databaseEnv = {
  DATABASE_URL: postgresUrl().optional().describe('PostgreSQL as one URL; wins over the `DB_` variables'),
  DB_HOST: z.string().default('localhost').describe('PostgreSQL host'),
  DB_PORT: integer(1, 65_535).default(5432).describe('PostgreSQL port'),
  DB_USER: z.string().default('postgres').describe('PostgreSQL user'),
  DB_PASSWORD: z.string().default('').describe('PostgreSQL password'),
  DB_NAME: z.string().default('messaging').describe('PostgreSQL database'),
  DB_POOL_SIZE: integer(1, 500).default(10).describe('Connections a process keeps to PostgreSQL at most'),
  DB_STATEMENT_TIMEOUT_MS: durationMs(100, 3_600_000)
    .default(30_000)
    .describe('A statement of the API is cancelled after this time'),
};

/** The address of Redis. Without it the queue is in PostgreSQL, and rate limits are counted in each process. */
export const redisEnv = {
  REDIS_URL: redisUrl()
    .optional()
    .describe("Redis for the job queue and the rate limits; without it BullMQ's PostgreSQL backend, and memory"),
  QUEUE_PREFIX: z
    .string()
    .regex(/^[\w-]{1,50}$/, 'must be 1 to 50 letters, digits, - or _')
    .default('messaging')
    .describe('Prefix of our keys in Redis'),
};

/** Level and format of the logs. */
export const loggingEnv = {
  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'must be one of fatal, error, warn, info, debug, trace, silent',
    )
    .default('info')
    .describe('Least level that is logged'),
  LOG_PRETTY: z
    .enum(['true', 'false'], 'must be true or false')
    .default('false')
    .describe('`true`: lines for people instead of JSON'),
};

/** How long a process may take to stop. */
export const shutdownEnv = {
  SHUTDOWN_TIMEOUT_MS: durationMs(100, 600_000)
    .default(10_000)
    .describe('A process that has not closed by then exits with code 1'),
};

/** How long the live changes are kept: the API refuses older cursors, the worker deletes what they would need. */
export const changesEnv = {
  CHANGES_RETENTION_HOURS: decimal(0.001, 8_760)
    .default(24)
    .describe('How long a reader of the live changes may be away, and go on from its cursor'),
};

/** Connection settings for the pool. */
export interface DatabaseConfig {
  connectionString: string;
  poolSize: number;
  statementTimeoutMs: number;
}

/** Builds a connection string from the parsed `databaseEnv`. */
export function toDatabaseConfig(env: z.output<z.ZodObject<typeof databaseEnv>>): DatabaseConfig {
  const { DB_HOST, DB_PORT, DB_USER, DB_PASSWORD, DB_NAME } = env;
  const credentials = [DB_USER, DB_PASSWORD].filter(Boolean).map(encodeURIComponent).join(':');
  const host = DB_HOST.includes(':') ? `[${DB_HOST}]` : DB_HOST;
  const connectionString = DB_HOST.startsWith('/')
    ? `postgresql://${credentials}@/${encodeURIComponent(DB_NAME)}?host=${encodeURIComponent(DB_HOST)}&port=${DB_PORT}`
    : `postgresql://${credentials}@${host}:${DB_PORT}/${encodeURIComponent(DB_NAME)}`;
  return {
    connectionString: env.DATABASE_URL ?? connectionString,
    poolSize: env.DB_POOL_SIZE,
    statementTimeoutMs: env.DB_STATEMENT_TIMEOUT_MS,
  };
}

/** The logger's settings from the parsed `loggingEnv`. */
export interface LoggingConfig {
  level: string;
  pretty: boolean;
}

export function toLoggingConfig(env: z.output<z.ZodObject<typeof loggingEnv>>): LoggingConfig {
  return { level: env.LOG_LEVEL, pretty: env.LOG_PRETTY === 'true' };
}
