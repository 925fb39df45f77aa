import type { TestDatabase } from '@messaging/db/testing';
import { eventually } from '@messaging/shared/testing';
import pg from 'pg';

/** A connection of the test's own; the test ends it. */
export interface TestClient extends pg.Client {
  /** Resolves when a backend of this database waits for a lock. */
  untilSomeoneWaits: () => Promise<void>;
}

export async function connect({ connectionString }: TestDatabase): Promise<TestClient> {
  const [client, observer] = [new pg.Client({ connectionString }), new pg.Client({ connectionString })];
  await client.connect();
  const untilSomeoneWaits = async (): Promise<void> => {
    await observer.connect(); // a transaction sees pg_stat_activity as it was when it first looked
    await eventually(async () => {
      const { rowCount } = await observer.query(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      if (!rowCount) throw new Error('nobody waits');
    });
    await observer.end();
  };
  return Object.assign(client, { untilSomeoneWaits });
}

export async function countMessages({ connectionString }: TestDatabase): Promise<number> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<{ count: number }>('select count(*)::int as count from messages');
  await client.end();
  return rows[0]?.count ?? 0;
}
