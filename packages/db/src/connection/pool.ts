import { createOutageLog, type DatabaseConfig, type Logger } from '@messaging/shared';
import pg from 'pg';
import { createPoolWithSettings, type SessionSettings } from './session-settings.ts';

export type Pool = pg.Pool;

/** Where a query runs: a pool, or a client inside a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

const TYPE = { bigint: 20, timestamptz: 1184 } as const;

/** Ids and counts are JSON integers. Times are ISO text, because a JavaScript `Date` would drop the microseconds. */
const parsers: Record<number, (text: string) => unknown> = {
  [TYPE.bigint]: Number,
  [TYPE.timestamptz]: toIsoUtc,
};

/** Type parsers of these connections. They belong to the pool, not to the process. */
export const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    parsers[oid] ?? pg.types.getTypeParser(oid, format as 'text')) as pg.CustomTypesConfig['getTypeParser'],
};

/** Settings of every session. */
export const SESSION: SessionSettings = { timezone: 'UTC', datestyle: 'ISO', jit: 'off' };

/** Limits how long a forgotten transaction, or one of a stopped process, can hold locks. */
const IDLE_IN_TRANSACTION_MS = 60_000;

/** The server is still silent this long after the statement timeout, so the connection is dead. */
const SILENCE_MS = 5_000;

/** When to close a connection whose statement got no response. 0 means no limit, for statements without a timeout. */
export const silentAfterMs = (statementTimeoutMs: number) => statementTimeoutMs && statementTimeoutMs + SILENCE_MS;

/**
 * Only for the statements of pages and searches, which are written for these settings: no table is scanned whole, and a
 * plan is made once. The statements are prepared. A plan that is made while `conversation_changes` is empty reads the
 * whole table, because that is cheap then. It would stay in use when the table has 50,000 rows. With its default
 * settings PostgreSQL plans them for each execution, which took 0.6 of 1.0 ms. Any other statement can be very slow
 * with these settings.
 */
const INDEX_SCANS_ONLY: SessionSettings = { enable_seqscan: 'off', plan_cache_mode: 'force_generic_plan' };

/**
 * A batch may have to wait for others. A running import should wait rather than fail, because its sender waits with it.
 */
const BATCH_WAIT_MS = 30_000;

/** The purpose of a pool, as settings of its sessions. */
const PURPOSES = {
  general: {},
  imports: {},
  indexScansOnly: INDEX_SCANS_ONLY,
} satisfies Record<string, SessionSettings>;

export type PoolPurpose = keyof typeof PURPOSES;

/** Connection options for every purpose. They contain no session settings: see `connectClient`. */
export function connectionOptions(config: DatabaseConfig, applicationName: string): pg.ClientConfig {
  return {
    connectionString: config.connectionString,
    application_name: applicationName,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000, // a host that is gone is noticed after about 20 s, not after two hours
    types,
  };
}

/**
 * Opens connections on demand, at most `config.poolSize`. The caller ends the pool. A connection that breaks while idle
 * is replaced. A silent connection is closed soon after the statement timeout.
 */
export function createPool(
  config: DatabaseConfig,
  logger: Logger,
  applicationName: string,
  purpose: PoolPurpose = 'general',
): Pool {
  const pool = createPoolWithSettings(
    {
      ...connectionOptions(config, applicationName),
      max: config.poolSize,
      ...(purpose === 'imports' && { connectionTimeoutMillis: BATCH_WAIT_MS }),
      query_timeout: silentAfterMs(config.statementTimeoutMs),
    },
    {
      ...SESSION,
      ...PURPOSES[purpose],
      statement_timeout: config.statementTimeoutMs,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    },
  );
  // When a server stops, all idle connections break. One log line reports it.
  const outage = createOutageLog(logger, `${applicationName} database connections`);
  // Without a listener, a broken idle connection would end the process.
  pool.on('error', (error) => outage.failed(error));
  pool.on('connect', () => outage.worked());
  return pool;
}

/**
 * Connections for BullMQ's PostgreSQL backend. It finds its tables by `search_path`, reads values in the default format
 * of node-postgres, and listens to the pool's errors. Its own way to connect uses startup parameters, which poolers
 * refuse.
 */
export function createQueuePool(config: DatabaseConfig, applicationName: string): Pool {
  return createPoolWithSettings(
    {
      ...connectionOptions(config, applicationName),
      types: undefined,
      max: config.poolSize,
      query_timeout: silentAfterMs(config.statementTimeoutMs),
    },
    {
      search_path: 'bullmq',
      statement_timeout: config.statementTimeoutMs,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    },
  );
}

/** Converts `2026-01-31 09:30:00.5+00`, PostgreSQL's format in UTC, to `2026-01-31T09:30:00.500000Z`. */
export function toIsoUtc(text: string): string {
  const match = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?\+00$/.exec(text);
  if (!match) return text; // infinity or a year BC: no message has such a time
  return `${match[1]}T${match[2]}.${(match[3] ?? '').padEnd(6, '0')}Z`;
}
