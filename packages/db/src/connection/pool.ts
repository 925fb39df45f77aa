import { createOutageLog, type DatabaseConfig, type Logger } from '@messaging/shared';
import pg from 'pg';
import { createPoolWithSettings, type SessionSettings } from './session-settings.ts';

export type Pool = pg.Pool;

/** What a query runs on: a pool, or a client inside a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

const TYPE = { bigint: 20, timestamptz: 1184 } as const;

/** Ids and counts are JSON integers; times are ISO text, because a JavaScript `Date` would drop the microseconds. */
const parsers: Record<number, (text: string) => unknown> = {
  [TYPE.bigint]: Number,
  [TYPE.timestamptz]: toIsoUtc,
};

/** Type parsers of our connections; they belong to the pool, not to the process. */
export const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    parsers[oid] ?? pg.types.getTypeParser(oid, format as 'text')) as pg.CustomTypesConfig['getTypeParser'],
};

/** Settings of every session of ours. */
export const SESSION: SessionSettings = { timezone: 'UTC', datestyle: 'ISO', jit: 'off' };

/** Keeps a forgotten transaction, or one whose process is stopped, from holding locks indefinitely. */
const IDLE_IN_TRANSACTION_MS = 60_000;

/** The server ends a statement in time; one that has said nothing for this long after that will not any more. */
const SILENCE_MS = 5_000;

/** When to give up a connection on which a statement of limited time has brought no answer; 0, for ever, without limit. */
export const silentAfterMs = (statementTimeoutMs: number) => statementTimeoutMs && statementTimeoutMs + SILENCE_MS;

/**
 * Only for the statements of pages and searches, which are written for it: no table is read whole, and a plan is made once.
 * These statements are prepared, so a plan made while `conversation_changes` was empty, when reading all of it is cheap, would
 * stay when it has 50,000 rows. Left to itself PostgreSQL plans them for each execution, which took 0.6 of 1.0 ms. Any other
 * statement can be very slow here.
 */
const INDEX_SCANS_ONLY: SessionSettings = { enable_seqscan: 'off', plan_cache_mode: 'force_generic_plan' };

/** Others may be before a batch, and an import that has begun had better wait than break off: its sender waits with it. */
const BATCH_WAIT_MS = 30_000;

/** What a pool is for, as settings of its sessions. */
const PURPOSES = {
  general: {},
  imports: {},
  indexScansOnly: INDEX_SCANS_ONLY,
} satisfies Record<string, SessionSettings>;

export type PoolPurpose = keyof typeof PURPOSES;

/** How we connect, whatever for. Settings of the session are not part of it: see `connectClient`. */
export function connectionOptions(config: DatabaseConfig, applicationName: string): pg.ClientConfig {
  return {
    connectionString: config.connectionString,
    application_name: applicationName,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000, // a host that is gone is noticed some 20 s later, not after two hours
    types,
  };
}

/**
 * Opens connections on demand, at most `config.poolSize`; the caller ends the pool.
 * A connection that breaks while idle is replaced; one that falls silent is given up soon after the statement's time.
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
  // A server that goes away takes every idle connection with it, and one line says so.
  const outage = createOutageLog(logger, `${applicationName} database connections`);
  // Without a listener a broken idle connection would end the process.
  pool.on('error', (error) => outage.failed(error));
  pool.on('connect', () => outage.worked());
  return pool;
}

/**
 * Connections of BullMQ's backend in PostgreSQL, which looks for its tables by `search_path`, reads values as
 * node-postgres gives them, and listens to the pool's errors. Its own way to connect is one that poolers refuse.
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

/** `2026-01-31 09:30:00.5+00`, as PostgreSQL writes it in UTC, becomes `2026-01-31T09:30:00.500000Z`. */
export function toIsoUtc(text: string): string {
  const match = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?\+00$/.exec(text);
  if (!match) return text; // infinity, or before Christ: no message of ours has such a time
  return `${match[1]}T${match[2]}.${(match[3] ?? '').padEnd(6, '0')}Z`;
}
