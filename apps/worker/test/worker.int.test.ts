import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { eventually } from '@messaging/shared/testing';
import pg from 'pg';
import { startTestWorker, type TestWorker } from '../src/testing/start-test-worker.ts';

// biome-ignore lint/style/noProcessEnv: the test run tells its workers by this variable where the services are
const redisUrl = process.env.TEST_REDIS_URL;

let database: TestDatabase;
let db: pg.Client;
const workers: TestWorker[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  db = new pg.Client({ connectionString: database.connectionString });
  await db.connect();
  await db.query(
    "insert into contacts (name, phone_number) select 'contact ' || i, '+1 555 ' || i from generate_series(1, 50) i",
  );
});

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.close()));
  await db.end();
  await database.close();
});

async function start(overrides: Parameters<typeof startTestWorker>[2] = {}): Promise<TestWorker> {
  const worker = await startTestWorker(database.connectionString, redisUrl, overrides);
  workers.push(worker);
  return worker;
}

const send = (contactId: number) =>
  db.query("insert into messages (contact_id, content) values ($1, 'hello')", [contactId]);

const refreshes = async (): Promise<{ error: string | null; overlaps: boolean }[]> => {
  const { rows } = await db.query(`
    select error, lag(finished_at) over (order by id) > started_at as overlaps from view_refreshes order by id offset 1`);
  return rows; // the first is the one that built the view
};

const untilViewIsCurrent = (timeoutMs = 30_000) =>
  eventually(
    async () => {
      const { rows } = await db.query('select count(*)::int as pending from conversation_changes');
      expect(rows[0].pending).toBe(0);
    },
    { timeoutMs },
  );

async function untilRefreshWaits(): Promise<void> {
  await eventually(async () => {
    const { rows } = await db.query(
      "select 1 from pg_stat_activity where datname = current_database() and application_name = 'messaging-refresh' and wait_event_type = 'Lock'",
    );
    expect(rows).toHaveLength(1);
  });
}

test('refreshes the view after a lone change', async () => {
  await start();
  await send(1);
  await untilViewIsCurrent();
  const { rows } = await db.query('select contact_id::int from recent_conversations');
  expect(rows).toEqual([{ contact_id: 1 }]);
  expect(await refreshes()).toEqual([{ error: null, overlaps: expect.anything() }]);
});

test('refreshes for changes that came before it started', async () => {
  await send(1);
  await start();
  await untilViewIsCurrent();
});

test('coalesces a burst', async () => {
  await start({ refresh: { quietMs: 1_000, maxWaitMs: 60_000, restFactor: 0 } });
  for (let i = 0; i < 300; i++) await send(1 + (i % 50));
  await untilViewIsCurrent();
  expect((await refreshes()).length).toBeLessThanOrEqual(2);
});

test('refreshes under a stream of changes that never pauses', async () => {
  await start({ refresh: { quietMs: 200, maxWaitMs: 400, restFactor: 0 } });
  await eventually(async () => {
    await send(1);
    expect((await refreshes()).length).toBeGreaterThanOrEqual(2);
  });
});

test('covers a change that is committed while a refresh runs', async () => {
  await start();
  const holder = new pg.Client({ connectionString: database.connectionString });
  await holder.connect();
  await holder.query('begin; analyze recent_conversations');
  await send(1);
  await untilRefreshWaits();
  await send(2);
  await holder.query('commit');
  await holder.end();
  await untilViewIsCurrent();
});

test('never runs two refreshes at once with two workers', async () => {
  const queue = { redisUrl, connectionString: database.connectionString, prefix: `test-${randomUUID()}` };
  const refresh = { quietMs: 0, maxWaitMs: 0, restFactor: 0 };
  await Promise.all([start({ queue, refresh, sweepIntervalMs: 50 }), start({ queue, refresh, sweepIntervalMs: 50 })]);
  await eventually(async () => {
    await send(1);
    expect((await refreshes()).length).toBeGreaterThanOrEqual(10);
  });
  expect((await refreshes()).filter(({ overlaps }) => overlaps)).toEqual([]);
});

test('hears again after its listening connection was terminated', async () => {
  const worker = await start();
  await eventually(async () => {
    const { rowCount } = await db.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'messaging-listener' and datname = current_database()",
    );
    expect(rowCount).toBe(1);
  });
  await eventually(() => expect(worker.logLines.filter((line) => line.includes('listener connected'))).toHaveLength(2));
  await send(1);
  await untilViewIsCurrent();
});

test('finds by its sweep what no notification announced', async () => {
  await start({ sweepIntervalMs: 100 });
  await eventually(async () => {
    const { rowCount } = await db.query(
      "select 1 from pg_stat_activity where application_name = 'messaging-listener' and datname = current_database()",
    );
    expect(rowCount).toBe(1);
  });
  await db.query('alter table messages disable trigger user');
  await send(1);
  await db.query('select record_conversation_changes(array[1]::bigint[])'); // as the trigger does, without the notification
  await untilViewIsCurrent();
});

test('goes on after a failing view is repaired', async () => {
  const worker = await start({ sweepIntervalMs: 100 });
  await db.query('alter materialized view recent_conversations rename to gone');
  await send(1);
  await eventually(() => expect(worker.logLines.join('')).toContain('refresh failed'));
  await db.query('alter materialized view gone rename to recent_conversations');
  await untilViewIsCurrent();
});

test('tells whether it is alive and ready', async () => {
  const worker = await start();
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${worker.port}${path}`);
    return { status: response.status, body: await response.json() };
  };
  expect(await get('/livez')).toEqual({ status: 200, body: { status: 'ok' } });
  await eventually(async () => expect(await get('/readyz')).toMatchObject({ status: 200, body: { status: 'ok' } }));
  await db.query("update schema_migrations set name = 'x' where name = '0003_messages'");
  await eventually(async () => {
    const problems = [expect.stringContaining('0003_messages')];
    expect(await get('/readyz')).toMatchObject({ status: 503, body: { problems } });
  });
});

test('cancels a refresh that outlasts half the shutdown time, and leaves nothing behind', async () => {
  const worker = await start({ shutdownTimeoutMs: 1_000 });
  const holder = new pg.Client({ connectionString: database.connectionString });
  await holder.connect();
  await holder.query('begin; analyze recent_conversations');
  await send(1);
  await untilRefreshWaits();
  await worker.close();
  await holder.query('rollback');
  await holder.end();
  await eventually(async () => {
    const { rows } = await db.query(
      "select application_name from pg_stat_activity where datname = current_database() and application_name like 'messaging-%'",
    );
    expect(rows).toEqual([]);
  });
});
