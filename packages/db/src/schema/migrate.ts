import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@messaging/shared';
import { runner } from 'node-pg-migrate';
import type pg from 'pg';
import type { Queryable } from '../connection/pool.ts';
import { connectClient } from '../connection/session-settings.ts';
import { many, maybeOne, one } from '../connection/sql.ts';
import {
  MIGRATIONS_TABLE,
  recordHashes,
  refuseChangedMigrations,
  UnsuitableDatabaseError,
} from './migration-hashes.ts';

const MIGRATIONS_DIR = fileURLToPath(new URL('../../migrations', import.meta.url));
const UNDEFINED_TABLE = '42P01';

/** Statements follow each other at once. A process that is stopped between two must not hold its locks indefinitely. */
const ABANDONED = { idle_session_timeout: '60s', idle_in_transaction_session_timeout: '60s' };

/**
 * If the roles exist (roles.sql), the migrations table gets the same rights as any other table. The app can only read
 * it.
 */
const PROTECT_BOOKKEEPING = `
  do $$
  begin
    if to_regrole('messaging_app') is not null then
      revoke insert, update, delete, maintain on ${MIGRATIONS_TABLE} from messaging_app;
    end if;
  end
  $$`;

/**
 * Applies all missing migrations in one transaction and returns their names. Two concurrent runs wait for each other.
 * @throws UnsuitableDatabaseError
 */
export async function migrate(connectionString: string, logger: Logger): Promise<string[]> {
  const client = await connectClient({ connectionString, application_name: 'messaging-migrate' }, ABANDONED);
  try {
    await refuseUnsuitable(client);
    return await applyMigrations(client, client, logger);
  } finally {
    await client.end();
  }
}

/**
 * Like `migrate`, in a transaction of the caller's, which commits it or not.
 * @throws UnsuitableDatabaseError
 */
export async function migrateInTransaction(client: pg.Client, logger: Logger): Promise<string[]> {
  await refuseUnsuitable(client);
  return applyMigrations(client, withoutTransactions(client), logger);
}

async function applyMigrations(client: pg.Client, dbClient: pg.ClientBase, logger: Logger): Promise<string[]> {
  await refuseChangedMigrations(client, MIGRATIONS_DIR);
  const applied = await runner({
    dbClient,
    dir: MIGRATIONS_DIR,
    direction: 'up',
    migrationsTable: MIGRATIONS_TABLE,
    singleTransaction: true,
    advisoryLockMode: 'wait',
    logger: {
      info: () => {},
      warn: (text) => logger.warn(text),
      // The logged text ends with PostgreSQL's message, which can quote a row. The caller reports the error itself.
      error: () => logger.error('a statement of a migration failed'),
    },
  });
  await recordHashes(client, MIGRATIONS_DIR);
  await client.query(PROTECT_BOOKKEEPING);
  const names = applied.map(({ name }) => name);
  logger.info({ applied: names }, 'database migrated');
  return names;
}

/** The client, for which the beginning and the end of a transaction do nothing. */
function withoutTransactions(client: pg.Client): pg.ClientBase {
  const query = (text: unknown, ...rest: unknown[]) =>
    ['BEGIN', 'COMMIT', 'ROLLBACK'].includes(text as string)
      ? Promise.resolve({ rows: [], rowCount: 0 })
      : Reflect.apply(client.query, client, [text, ...rest]);
  return { query } as unknown as pg.ClientBase;
}

/** Read once: the migrations of a version do not change while it runs, and probes need them often. */
let neededNames: string[] | undefined;

function listNeeded(): string[] {
  neededNames ??= readdirSync(MIGRATIONS_DIR)
    .map((file) => file.replace(/\.sql$/, ''))
    .sort();
  return neededNames;
}

/** Returns the names of the migrations that this version needs and the database does not have. */
export async function listMissingMigrations(db: Queryable): Promise<string[]> {
  const needed = listNeeded();
  try {
    const applied = await many<{ name: string }>(db, `select name from ${MIGRATIONS_TABLE}`);
    const names = new Set(applied.map(({ name }) => name));
    return needed.filter((name) => !names.has(name));
  } catch (error) {
    if ((error as { code?: string }).code === UNDEFINED_TABLE) return needed;
    throw error;
  }
}

async function refuseUnsuitable(db: Queryable): Promise<void> {
  const server = await one<{ version: number; encoding: string }>(
    db,
    `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding`,
  );
  if (server.version < 170_000) {
    throw new UnsuitableDatabaseError(
      'The database server is older than PostgreSQL 17; upgrade it, or unset DB_HOST and DATABASE_URL to use the embedded one.',
    );
  }
  if (server.encoding !== 'UTF8') {
    throw new UnsuitableDatabaseError(
      `The database has encoding ${server.encoding}, in which not every text can be stored. ` +
        `Create it with UTF8: create database messaging template template0 encoding 'UTF8';`,
    );
  }
  const isOfAnother = await maybeOne(db, OF_ANOTHER, [MIGRATIONS_TABLE]);
  if (isOfAnother) {
    throw new UnsuitableDatabaseError(
      'The database has a table contacts or messages of another system. Use an empty database, or take its data over: ' +
        'npm run db:adopt (docs/adopting.md).',
    );
  }
}

const OF_ANOTHER = `
  select where to_regclass($1) is null and (to_regclass('contacts') is not null or to_regclass('messages') is not null)`;
