import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { eventually } from '@messaging/shared/testing';
import pg from 'pg';
import { startTestWorker, type TestWorker } from '../src/testing/start-test-worker.ts';

// biome-ignore lint/style/noProcessEnv: the test run tells its workers by this variable where the services are
const redisUrl = process.env.TEST_REDIS_URL;

let database: TestDatabase;
let worker: TestWorker;
let db: pg.Client;

beforeEach(async () => {
  database = await createTestDatabase();
  worker = await startTestWorker(database.connectionString, redisUrl);
  db = new pg.Client({ connectionString: database.connectionString });
  await db.connect();
  await db.query("insert into contacts (name, phone_number) values ('Ada', '+1 555 1')");
});

afterEach(async () => {
  await worker.close();
  await db.end();
  await database.close();
});

const ask = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${worker.port}${path}`, { method });
const send = () => db.query("insert into messages (contact_id, content) values (1, 'hello')");

async function metrics(): Promise<string> {
  const response = await ask('/metrics');
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  return response.text();
}

test('tells its refreshes, the state of view, queue and listener, and the process to Prometheus', async () => {
  await send();
  await eventually(async () => expect(await metrics()).toContain('messaging_refreshes_total{outcome="refreshed"} 1'));
  await eventually(async () => expect(await metrics()).toContain('messaging_listener_connected 1'));
  // The queue writes down a job as done a moment after the refresh that the job is; connecting asks for one more.
  await eventually(async () =>
    expect(await metrics()).toMatch(/^messaging_queue_jobs\{state="completed"\} [1-9]\d*$/m),
  );
  const text = await metrics();
  expect(text).toContain('messaging_refresh_duration_seconds_count 1');
  expect(text).toContain('messaging_pending_changes 0');
  expect(text).toContain('messaging_refresh_consecutive_failures 0');
  expect(text).toContain('messaging_database_up 1');
  expect(text).toMatch(/^messaging_view_age_seconds [\d.]+$/m);
  expect(text).toMatch(/^messaging_messages_segmented_total \d+$/m);
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
});

test('is ready with the last refresh and what is pending', async () => {
  await send();
  await eventually(async () => {
    const response = await ask('/readyz');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: 'ok',
      checks: { process: 'ok', database: 'ok', migrations: 'ok', listener: 'ok', queue: 'ok', refresh: 'ok' },
      problems: [],
      lastRefresh: {
        finishedAt: expect.stringMatching(/^20.*Z$/),
        durationMs: expect.any(Number),
        outcome: 'refreshed',
        error: null,
        consecutiveFailures: 0,
      },
      pendingChanges: 0,
    });
  });
});

test('is not ready once refreshes have failed three times in a row, says why, and is ready again after one that does not', async () => {
  await db.query('alter materialized view recent_conversations rename to gone');
  await send();
  await eventually(async () => {
    const response = await ask('/readyz');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toMatchObject({
      status: 'unavailable',
      problems: [
        expect.stringMatching(/^the last [3-9] refreshes failed: relation "recent_conversations" does not exist$/),
      ],
      lastRefresh: { outcome: 'failed', consecutiveFailures: expect.any(Number) },
      pendingChanges: 1,
    });
  });
  // The failure is in the database before it is counted, and a slow reader may find the next one there.
  await eventually(async () => {
    expect(await metrics()).toMatch(/^messaging_refresh_consecutive_failures [3-9]$/m);
    expect(await metrics()).toMatch(/^messaging_refreshes_total\{outcome="failed"\} [3-9]$/m);
  });
  expect(worker.logLines.filter((line) => /"level":"error".*refresh failed/.test(line))).toHaveLength(1);

  await db.query('alter materialized view gone rename to recent_conversations');
  await eventually(async () => expect((await ask('/readyz')).status).toBe(200));
});

test('answers problems for what it does not have', async () => {
  const unknown = await ask('/nothing');
  expect(unknown.status).toBe(404);
  expect(unknown.headers.get('content-type')).toContain('application/problem+json');
  expect(await unknown.json()).toMatchObject({ status: 404, code: 'not_found' });
  await eventually(async () => expect((await ask('/readyz')).status).toBe(200));
  for (const path of ['/livez', '/readyz', '/metrics']) {
    const wrong = await ask(path, 'POST');
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  }
});

test('answers 503 while it closes', async () => {
  const holder = new pg.Client({ connectionString: database.connectionString });
  await holder.connect();
  await holder.query('begin; analyze recent_conversations'); // a refresh waits for its lock, and closing for the refresh
  await send();
  await eventually(async () => {
    const { rows } = await db.query(
      "select 1 from pg_stat_activity where datname = current_database() and application_name = 'messaging-refresh' and wait_event_type = 'Lock'",
    );
    expect(rows).toHaveLength(1);
  });
  const closed = worker.close();
  await eventually(async () => {
    const response = await ask('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ problems: expect.arrayContaining(['the worker is closing']) });
    for (const method of ['POST', 'OPTIONS', 'HEAD']) expect((await ask('/readyz', method)).status).toBe(503);
  });
  await holder.query('rollback');
  await holder.end();
  await closed;
});
