import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { eventually } from '@messaging/shared/testing';
import pg from 'pg';
import { startTestWorker, type TestWorker } from '../src/testing/start-test-worker.ts';
import { type OtherHost, openQueue } from './open-queue.ts';

/** The policy that the worker has by default: a test that fails here is a promise that is broken. */
const DEFAULT_POLICY = { quietMs: 250, maxWaitMs: 10_000, restFactor: 3, restMaxMs: 30_000, maxBackoffMs: 60_000 };
const TWO_YEARS_MS = 2 * 365 * 86_400_000;
const IN_TWO_YEARS = { startedAt: "now() + interval '2 years'", finishedAt: "now() + interval '2 years 20 ms'" };

// biome-ignore lint/style/noProcessEnv: the test run tells its workers by this variable where the services are
const redisUrl = process.env.TEST_REDIS_URL;
const backends = [{ backend: 'postgres', url: undefined }, ...(redisUrl ? [{ backend: 'redis', url: redisUrl }] : [])];

let database: TestDatabase;
let db: pg.Client;
let worker: TestWorker | undefined;

beforeEach(async () => {
  database = await createTestDatabase();
  db = new pg.Client({ connectionString: database.connectionString });
  await db.connect();
  await db.query("insert into contacts (name, phone_number) values ('Ada', '+1 555')");
});

afterEach(async () => {
  await worker?.close();
  worker = undefined;
  await db.end();
  await database.close();
});

const openOwnQueue = (redis: string | undefined): OtherHost =>
  openQueue({ redisUrl: redis, prefix: `test-${randomUUID()}` }, database.connectionString);

async function startWorker(overrides: Parameters<typeof startTestWorker>[2] = {}): Promise<TestWorker> {
  const settings = { refresh: DEFAULT_POLICY, sweepIntervalMs: 100, ...overrides };
  worker = await startTestWorker(database.connectionString, undefined, settings);
  return worker;
}

/** Records a refresh as a clock that was wrong has seen it. The times are SQL. */
const plantRefresh = ({ startedAt, finishedAt }: typeof IN_TWO_YEARS, error: string | null = null) =>
  db.query(
    `insert into view_refreshes (view_name, started_at, finished_at, changes_seen, error)
     values ('recent_conversations', ${startedAt}, ${finishedAt}, 1, $1)`,
    [error],
  );

const send = () => db.query("insert into messages (contact_id, content) values (1, 'hello')");

const untilViewIsCurrent = () =>
  eventually(async () => {
    const { rows } = await db.query('select count(*)::int as pending from conversation_changes');
    expect(rows).toEqual([{ pending: 0 }]);
  });

/** Who asked for each refresh, the oldest first. */
const askedBy = () =>
  (worker?.logLines ?? [])
    .map((line) => JSON.parse(line) as { msg: string; via: string })
    .filter(({ msg }) => msg === 'view refreshed')
    .map(({ via }) => via);

/** The sweep runs no refresh itself: what is refreshed, the queue did. */
const QUEUE_ALONE = { refreshRun: { directAfterMs: 3_600_000 } };

test.each([
  { which: 'lies in the future', times: IN_TWO_YEARS, error: null },
  { which: 'lies in the future and failed', times: IN_TWO_YEARS, error: 'no space left' },
  { which: 'spans a change of the clock by two years', times: { ...IN_TWO_YEARS, startedAt: 'now()' }, error: null },
  {
    which: 'spans a night of sleep',
    times: { startedAt: "now() - interval '8 hours'", finishedAt: 'now()' },
    error: null,
  },
])('the view is refreshed though the last refresh $which', async ({ times, error }) => {
  await db.query('delete from view_refreshes');
  await plantRefresh(times, error);
  await startWorker(QUEUE_ALONE);
  await send();
  await untilViewIsCurrent();
});

test('changes that are written down in the future are refreshed', async () => {
  await send();
  await db.query("update conversation_changes set changed_at = now() + interval '2 years'");
  await startWorker({ ...QUEUE_ALONE, refresh: { ...DEFAULT_POLICY, maxWaitMs: 600_000 } });
  await untilViewIsCurrent();
});

test('neither age nor duration is negative while the last refresh lies in the future', async () => {
  await plantRefresh({ startedAt: "now() + interval '3 years'", finishedAt: "now() + interval '2 years'" });
  const { port } = await startWorker();
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(Number(/^messaging_view_age_seconds (.+)$/m.exec(metrics)?.[1])).toBeGreaterThanOrEqual(0);
  const readiness = (await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()) as { lastRefresh: unknown };
  expect(readiness.lastRefresh).toMatchObject({ outcome: 'refreshed', durationMs: 0, consecutiveFailures: 0 });
});

describe.each(backends)('with the queue in $backend', ({ url }) => {
  test('a job that was put off by two years does not keep the queue from refreshing', async () => {
    const queue = openOwnQueue(url);
    await queue.add({ delayMs: TWO_YEARS_MS });
    await startWorker({ ...QUEUE_ALONE, queue: queue.config });
    await send();
    await untilViewIsCurrent();
    // The view is current a moment before the job that saw to it is over.
    await eventually(async () => expect(await queue.count('delayed')).toBe(0));
    await queue.close();
  });

  test('a job that a killed worker has locked for two years is replaced', async () => {
    const queue = openOwnQueue(url);
    await queue.add({ delayMs: 0 });
    await queue.lock({ durationMs: TWO_YEARS_MS });
    await startWorker({ queue: queue.config, refreshRun: { directAfterMs: 1_500 } });
    await send();
    await untilViewIsCurrent();
    await send();
    await eventually(() => expect(askedBy()).toEqual(['direct', 'queue']));
    await queue.close();
  });

  test('the clock of the host that announced a change is not asked how long that has waited', async () => {
    const queue = openOwnQueue(url);
    await queue.add({ delayMs: 0, timestampMs: Date.now() + TWO_YEARS_MS });
    await startWorker({ ...QUEUE_ALONE, queue: queue.config, refresh: { ...DEFAULT_POLICY, maxWaitMs: 500 } });
    await eventually(async () => {
      await send(); // a stream that never pauses for the quiet period
      expect(askedBy()).not.toEqual([]);
    });
    await queue.close();
  });
});

test('the time that a refresh waits for a lock does not count as work', async () => {
  await startWorker(QUEUE_ALONE);
  const holder = new pg.Client({ connectionString: database.connectionString });
  await holder.connect();
  await holder.query('begin; analyze recent_conversations');
  await send();
  await eventually(async () => {
    const { rows } = await db.query(
      `select from pg_stat_activity where datname = current_database() and application_name = 'messaging-refresh'
         and wait_event_type = 'Lock' and query_start < clock_timestamp() - interval '2 s'`,
    );
    expect(rows).toHaveLength(1);
  });
  await holder.query('commit');
  await holder.end();
  await untilViewIsCurrent();
  await eventually(async () => {
    const { rows } = await db.query(
      `select extract(epoch from finished_at - started_at) * 1000 - worked_ms as waited_ms
       from view_refreshes order by id desc limit 1`,
    );
    expect(Number(rows[0].waited_ms)).toBeGreaterThan(1_500); // null until it has ended, after the last change is gone
  });
});
