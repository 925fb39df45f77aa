import { expect } from '@jest/globals';
import { createTestDatabase } from '@messaging/db/testing';
import { eventually } from '@messaging/shared/testing';
import pg from 'pg';
import { onCleanUp } from './clean-up.ts';
import { expectConsistency } from './consistency.ts';

/** A database with contacts, and what tests of faults look at in it. */
export interface FaultDatabase {
  connectionString: string;
  db: pg.Client;
  /** A further connection, for a transaction that stays open. */
  connect: () => Promise<pg.Client>;
  /** Stores a message past the API, and returns its id. */
  send: (contactId: number) => Promise<number>;
  /** Holds up every refresh at its lock on the view, without holding up readers; returns how to let go. */
  holdRefreshes: () => Promise<() => Promise<void>>;
  /** Resolves when a refresh waits for a lock in a statement that begins so. */
  untilRefreshWaits: (statement?: string) => Promise<void>;
  /** Resolves when nothing is pending. */
  untilViewIsCurrent: (timeoutMs?: number) => Promise<void>;
  /** The refreshes that a worker began, oldest first; times in milliseconds. */
  listRefreshes: () => Promise<Refresh[]>;
}

export interface Refresh {
  startedMs: number;
  finishedMs: number | null;
  error: string | null;
}

/** Clones the template, or uses `connectionString`, and adds 50 contacts unless it has some already. */
export async function createFaultDatabase(
  connectionString?: string,
  { isFilled = false, isChecked = true }: { isFilled?: boolean; isChecked?: boolean } = {},
): Promise<FaultDatabase> {
  const url = connectionString ?? (await cloneTemplate());
  if (isChecked) onCleanUp(() => expectConsistency(url)); // when everything that the test has started is gone, whatever it did
  const connect = async () => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {}); // a server that is stopped ends it, which is what the test is about
    await client.connect();
    onCleanUp(() => client.end().catch(() => {}));
    return client;
  };
  const db = await connect();
  if (!isFilled) {
    await db.query(
      "insert into contacts (name, phone_number) select 'contact ' || i, '+1 555 ' || i from generate_series(1, 50) i",
    );
  }
  return { connectionString: url, db, connect, ...helpersFor(db, connect) };
}

async function cloneTemplate(): Promise<string> {
  const { connectionString, close } = await createTestDatabase();
  onCleanUp(close);
  return connectionString;
}

function helpersFor(db: pg.Client, connect: () => Promise<pg.Client>) {
  return {
    async send(contactId: number) {
      const insert = "insert into messages (contact_id, content) values ($1, 'hello') returning id::int";
      return (await db.query(insert, [contactId])).rows[0].id as number;
    },
    async holdRefreshes() {
      const holder = await connect();
      await holder.query('begin; analyze recent_conversations');
      return async () => void (await holder.query('rollback'));
    },
    untilRefreshWaits: (statement = 'refresh materialized view') =>
      eventually(async () => {
        const { rows } = await db.query(
          `select from pg_stat_activity where datname = current_database() and application_name = 'messaging-refresh'
             and wait_event_type = 'Lock' and query like $1 || '%'`,
          [statement],
        );
        expect(rows).toHaveLength(1);
      }),
    untilViewIsCurrent: (timeoutMs = 30_000) =>
      eventually(
        async () => {
          const { rows } = await db.query('select count(*)::int as pending from conversation_changes');
          expect(rows[0].pending).toBe(0);
        },
        { timeoutMs },
      ),
    async listRefreshes() {
      const { rows } = await db.query<Refresh>(`
        select extract(epoch from started_at)::float8 * 1000 as "startedMs",
          extract(epoch from finished_at)::float8 * 1000 as "finishedMs", error
        from view_refreshes order by id offset 1`); // the first is the one that built the view
      return rows;
    },
  };
}
