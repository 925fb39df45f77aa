import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '@messaging/api/testing';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { conversationsPage, sendMessageAnswer } from '@messaging/shared';
import { eventually } from '@messaging/shared/testing';
import { startTestWorker, type TestWorker } from '@messaging/worker/testing';
import pg from 'pg';

// biome-ignore lint/style/noProcessEnv: the test run tells its workers by this variable where the services are
const redisUrl = process.env.TEST_REDIS_URL;
/** As the worker has them by default. */
const refresh = { quietMs: 250, maxWaitMs: 10_000, restFactor: 3, maxBackoffMs: 60_000 };
const CONTACTS = 20;

let database: TestDatabase;
let api: TestApi;
let worker: TestWorker;
let db: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
  worker = await startTestWorker(database.connectionString, redisUrl, { refresh, sweepIntervalMs: 1_000 });
  db = new pg.Client({ connectionString: database.connectionString });
  await db.connect();
  for (let i = 0; i < CONTACTS; i++)
    await api.command('create-contact', { name: `Contact ${i}`, phoneNumber: `+1 555 ${i}` });
});

afterAll(async () => {
  await db?.end();
  await worker?.close();
  await api?.close();
  await database?.close();
});

async function firstOfList(): Promise<{ lastMessageId: number | undefined; pendingChanges: number }> {
  const { body, headers } = await api.get('/api/conversations?pageSize=1');
  const [first] = conversationsPage.parse(body).conversations;
  return { lastMessageId: first?.lastMessage.id, pendingChanges: Number(headers.get('view-pending-changes')) };
}

async function send(contactId: number, content: string): Promise<number> {
  const { body } = await api.command('send-message', { contactId, content });
  return sendMessageAnswer.parse(body).message.id;
}

const untilViewIsCurrent = (timeoutMs: number) =>
  eventually(async () => expect((await firstOfList()).pendingChanges).toBe(0), { timeoutMs });

test('a message is first in the next read, and in the view itself within 3 s', async () => {
  const id = await send(3, 'hello');
  expect((await firstOfList()).lastMessageId).toBe(id);
  await untilViewIsCurrent(3_000);
  const { rows } = await db.query('select last_message_id::int as id from recent_conversations where contact_id = 3');
  expect(rows).toEqual([{ id }]);
});

test('every message of a burst of 1,000 is first in the next read, and at most 3 refreshes follow', async () => {
  const before = Number((await db.query('select max(id) as id from view_refreshes')).rows[0].id);
  let last = 0;
  for (let i = 0; i < 1_000; i++) {
    last = await send(1 + (i % CONTACTS), `burst ${i}`);
    if (i % 50 === 0) expect((await firstOfList()).lastMessageId).toBe(last);
  }
  await untilViewIsCurrent(15_000);
  const { rows } = await db.query('select count(*)::int as refreshes from view_refreshes where id > $1', [before]);
  expect(rows[0].refreshes).toBeLessThanOrEqual(3);
  const newest = await db.query('select max(last_message_id)::int as id from recent_conversations');
  expect(newest.rows[0].id).toBe(last);
});

test('without the worker the next read is as fresh', async () => {
  await worker.close();
  const id = await send(7, 'nobody refreshes');
  expect(await firstOfList()).toEqual({ lastMessageId: id, pendingChanges: 1 });
});
