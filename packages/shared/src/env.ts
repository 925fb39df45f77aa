import { existsSync } from 'node:fs';
import { z } from 'zod';
import { toIssues } from './parse.ts';

/** The environment does not satisfy the schema; `problems` has one line per variable, never its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: string[];

  constructor(problems: string[]) {
    super(`The settings are not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Reads settings from `env` by `schema`, which may transform them into nested objects; the result is frozen.
 * An empty variable counts as unset. @throws ConfigError listing every problem by variable name.
 */
export function loadConfig<Schema extends z.ZodType>(
  schema: Schema,
  env: NodeJS.ProcessEnv,
): Readonly<z.output<Schema>> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return Object.freeze(result.data) as Readonly<z.output<Schema>>;
  throw new ConfigError(toIssues(result.error).map(({ path, message }) => `${path}: ${message}`));
}

/** Adds the variables of a `.env` file in the working folder, where there is one; what is set already wins. */
export function loadEnvFile(path = '.env'): void {
  if (existsSync(path)) process.loadEnvFile(path);
}

/** A whole number within bounds, e.g. `integer(1, 65535).default(3000)`. */
export const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^-?\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));

/** A TCP port; 0 lets the system choose a free one. */
export const port = () => integer(0, 65_535);

/** A duration in milliseconds. */
export const durationMs = (min: number, max: number) => integer(min, max);

const url = (protocols: string[]) =>
  z
    .string()
    .refine(
      (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol),
      `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    );

/** The URL of a PostgreSQL database. */
export const postgresUrl = () => url(['postgres:', 'postgresql:']);

/** An address of a web server. */
export const httpUrl = () => url(['http:', 'https:']);

/** Where PostgreSQL is: one URL, or the five `DB_` variables. */
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

/** Where Redis is; without it the queue lives in PostgreSQL, and what is counted in the process. */
export const redisEnv = {
  REDIS_URL: url(['redis:', 'rediss:'])
    .optional()
    .describe("Redis for the job queue and the rate limits; without it BullMQ's PostgreSQL backend, and memory"),
  QUEUE_PREFIX: z
    .string()
    .regex(/^[\w-]{1,50}$/, 'must be 1 to 50 letters, digits, - or _')
    .default('messaging')
    .describe('Prefix of our keys in Redis'),
};

/** How much is logged, and for whom. */
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

/** How to reach the database, as the pool wants it. */
export interface DatabaseConfig {
  connectionString: string;
  poolSize: number;
  statementTimeoutMs: number;
}

/** Builds one connection string from the parsed `databaseEnv`. */
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
