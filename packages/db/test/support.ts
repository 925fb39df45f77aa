import { createLogger } from '@messaging/shared';
import pg from 'pg';
import { connectionOptions, createPool, type Pool } from '../src/pool.ts';
import type { SearchPools } from '../src/queries/search-conversations.ts';
import { refreshRecentConversations } from '../src/refresh.ts';
import { createTestDatabase } from '../src/testing/database.ts';

/** A database of one's own with a pool on it. */
export interface Fixture {
  connectionString: string;
  pool: Pool;
  searchPools: SearchPools;
  /** A further connection, for a transaction that stays open; closed with the fixture. */
  connect: () => Promise<pg.Client>;
  refresh: () => ReturnType<typeof refreshRecentConversations>;
  close: () => Promise<void>;
}

export async function createFixture(): Promise<Fixture> {
  const { connectionString, close } = await createTestDatabase();
  const config = { connectionString, poolSize: 5, statementTimeoutMs: 60_000 };
  const pool = createPool(config, createLogger({ level: 'silent', pretty: false }, 'test'), 'test');
  const clients: pg.Client[] = [];
  return {
    connectionString,
    pool,
    searchPools: { quick: pool, slow: pool },
    async connect() {
      const client = new pg.Client(connectionOptions(config, 'test'));
      await client.connect();
      clients.push(client);
      return client;
    },
    refresh: () => refreshRecentConversations(config, { timeoutMs: 60_000 }),
    async close() {
      await Promise.all(clients.map((client) => client.end()));
      await pool.end();
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
