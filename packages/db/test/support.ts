import { createLogger } from '@messaging/shared';
import { eventually } from '@messaging/shared/testing';
import type pg from 'pg';
import { connectionOptions, createPool, type Pool, SESSION } from '../src/connection/pool.ts';
import { connectClient } from '../src/connection/session-settings.ts';
import { refreshRecentConversations } from '../src/refresh/refresh.ts';
import { createTestDatabase } from '../src/testing/database.ts';

/** A database of one's own with a pool on it. */
export interface Fixture {
  connectionString: string;
  pool: Pool;
  /** For pages and searches, with the settings that they have in the API. */
  readPool: Pool;
  /** A further connection, for a transaction that stays open; closed with the fixture. */
  connect: () => Promise<pg.Client>;
  refresh: () => ReturnType<typeof refreshRecentConversations>;
  /** Backends of this database that wait for a lock. */
  countWaiting: () => Promise<number>;
  /** Resolves when so many wait, one unless said otherwise. */
  untilSomeoneWaits: (backends?: number) => Promise<void>;
  close: () => Promise<void>;
}

/** @param template what the database is a copy of: the schema without data if left out */
export async function createFixture(template?: string): Promise<Fixture> {
  const { connectionString, close } = await createTestDatabase(template);
  const config = { connectionString, poolSize: 5, statementTimeoutMs: 60_000 };
  const pool = createPool(config, createLogger({ level: 'silent', pretty: false }, 'test'), 'test');
  const readPool = createPool(
    config,
    createLogger({ level: 'silent', pretty: false }, 'test'),
    'test',
    'indexScansOnly',
  );
  const clients: pg.Client[] = [];
  const countWaiting = async () => {
    const { rowCount } = await pool.query(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return rowCount ?? 0;
  };
  return {
    connectionString,
    pool,
    readPool,
    async connect() {
      const client = await connectClient(connectionOptions(config, 'test'), SESSION);
      clients.push(client);
      return client;
    },
    refresh: () => refreshRecentConversations(config, { timeoutMs: 60_000 }),
    countWaiting,
    untilSomeoneWaits: (backends = 1) =>
      eventually(async () => {
        const waiting = await countWaiting();
        if (waiting < backends) throw new Error(`${waiting} of ${backends} backends wait for a lock`);
      }),
    async close() {
      await Promise.all(clients.map((client) => client.end()));
      await pool.end();
      await readPool.end();
      await close();
    },
  };
}

/** Adds contacts 1 to `count`, named `contact 1` and so on. */
export async function addContacts(pool: Pool, count: number): Promise<void> {
  await pool.query(
    "insert into contacts (name, phone_number) select 'contact ' || i, '+1 555 ' || i from generate_series(1, $1::int) i",
    [count],
  );
}
