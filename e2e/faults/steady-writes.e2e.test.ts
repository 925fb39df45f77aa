import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { createPauseCounter } from '../count-pauses.ts';
import { createFaultDatabase, type FaultDatabase, type Refresh, startWorker } from './harness/index.ts';

/** The defaults of the worker, which this promises something about. */
const WINDOW_MS = 250;
const MAX_WAIT_MS = 10_000;
/** What the issue allows beside window and refresh. */
const SLACK_MS = 1_000;
const STEADY_MS = 60_000;

test('a lone write is in the view within a window, a refresh and a second', async () => {
  const database = await startRefreshing();
  const messageId = await database.send(7);
  const sentMs = performance.now();
  await eventually(async () => {
    const { rows } = await database.db.query('select last_message_id::int as id from recent_conversations');
    expect(rows).toEqual([{ id: messageId }]);
  });
  const tookMs = performance.now() - sentMs;
  await database.untilViewIsCurrent();
  expect(tookMs).toBeLessThan(WINDOW_MS + durationMs((await listFinished(database)).at(-1)) + SLACK_MS);
}, 120_000);

test('a burst of 10,000 writes by 8 clients is in the view after it, in few refreshes', async () => {
  const database = await startRefreshing();
  const startedMs = performance.now();
  const clients = await Promise.all(Array.from({ length: 8 }, database.connect));
  const pauses = createPauseCounter(WINDOW_MS / 2);
  const insert = "insert into messages (contact_id, content) values ($1, 'burst')";
  await Promise.all(
    clients.map(async (client) => {
      for (let i = 0; i < 1_250; i++) {
        await client.query({ name: 'insert', text: insert, values: [1 + (i % 50)] });
        pauses.wrote();
      }
    }),
  );
  await database.untilViewIsCurrent();
  const burstMs = performance.now() - startedMs;
  const { rows } = await database.db.query(
    'select (select max(last_message_id) from recent_conversations) = (select max(id) from messages) as is_current',
  );
  expect(rows).toEqual([{ is_current: true }]);
  // Two beside what the maximum wait and pauses of ours ask for: the one that ends it, and one for what came while that ran.
  const asked = burstMs / MAX_WAIT_MS + pauses.count();
  expect((await database.listRefreshes()).length).toBeLessThanOrEqual(2 + asked);
}, 120_000);

test('steady writes for 60 s are refreshed at least every maximum wait and refresh, at most once a window', async () => {
  const database = await startRefreshing();
  const startedMs = performance.now();
  let writes = 0;
  while (performance.now() - startedMs < STEADY_MS) {
    await database.send(1 + (writes % 50));
    writes += 1;
    await wait(10); // a stream that never pauses for a window, at the rate of people
  }
  await database.untilViewIsCurrent();
  const refreshes = await listFinished(database);
  expect(refreshes.map(({ error }) => error)).toEqual(refreshes.map(() => null));
  expect(refreshes.length).toBeGreaterThanOrEqual(Math.floor(STEADY_MS / (MAX_WAIT_MS + 5_000)));
  for (const [at, refresh] of refreshes.entries()) {
    const previous = refreshes[at - 1];
    if (!previous) continue;
    const sinceMs = (refresh.finishedMs ?? 0) - (previous.finishedMs ?? 0);
    const slackMs = Math.max(SLACK_MS, 10 * durationMs(refresh)); // a slow machine is slow beside the refresh, too
    expect(sinceMs).toBeLessThan(MAX_WAIT_MS + durationMs(refresh) + slackMs);
    expect(refresh.startedMs - previous.startedMs).toBeGreaterThanOrEqual(WINDOW_MS);
  }
}, 180_000);

async function startRefreshing(): Promise<FaultDatabase> {
  const database = await createFaultDatabase();
  await startWorker({ DATABASE_URL: database.connectionString });
  return database;
}

/** The refreshes, once the last has written down its end: what was pending is gone a moment before. */
const listFinished = ({ listRefreshes }: FaultDatabase) =>
  eventually(async () => {
    const refreshes = await listRefreshes();
    expect(refreshes.at(-1)?.finishedMs).toEqual(expect.any(Number));
    return refreshes;
  });

const durationMs = (refresh: Refresh | undefined) => (refresh?.finishedMs ?? 0) - (refresh?.startedMs ?? 0);
