import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '@messaging/api/testing';
import { createMessagingClient, type MessagingClient, toImportBody } from '@messaging/client';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { eventually } from '@messaging/shared/testing';
import { startTestWorker, type TestWorker } from '@messaging/worker/testing';
import pg from 'pg';
import { createPauseCounter } from './count-pauses.ts';

// biome-ignore lint/style/noProcessEnv: the test run tells its workers by this variable where the services are
const redisUrl = process.env.TEST_REDIS_URL;
/** As the worker has them by default. */
const refresh = { quietMs: 250, maxWaitMs: 10_000, restFactor: 3, restMaxMs: 30_000, maxBackoffMs: 60_000 };
const CONTACTS = 20;

let database: TestDatabase;
let api: TestApi;
let client: MessagingClient;
let worker: TestWorker;
let db: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
  client = createMessagingClient({ baseUrl: api.url });
  worker = await startTestWorker(database.connectionString, redisUrl, { refresh, sweepIntervalMs: 1_000 });
  db = new pg.Client({ connectionString: database.connectionString });
  await db.connect();
  for (let i = 0; i < CONTACTS; i++)
    await client.POST('/api/commands/create-contact', { body: { name: `Contact ${i}`, phoneNumber: `+1 555 ${i}` } });
});

afterAll(async () => {
  await db?.end();
  await worker?.close();
  await api?.close();
  await database?.close();
});

async function firstOfList(): Promise<{ lastMessageId: number | undefined; pendingChanges: number }> {
  const { data, response } = await client.GET('/api/conversations', { params: { query: { pageSize: 1 } } });
  const lastMessageId = data?.conversations[0]?.lastMessage.id;
  return { lastMessageId, pendingChanges: Number(response.headers.get('view-pending-changes')) };
}

async function send(contactId: number, content: string): Promise<number> {
  const { data, error } = await client.POST('/api/commands/send-message', { body: { contactId, content } });
  if (error) throw new Error(error.detail);
  return data.message.id;
}

const untilViewIsCurrent = (timeoutMs: number) =>
  eventually(async () => expect((await firstOfList()).pendingChanges).toBe(0), { timeoutMs });

test('a message is first in the next read, and in the view itself soon', async () => {
  const id = await send(3, 'hello');
  expect((await firstOfList()).lastMessageId).toBe(id);
  await untilViewIsCurrent(10_000);
  const { rows } = await db.query('select last_message_id::int as id from recent_conversations where contact_id = 3');
  expect(rows).toEqual([{ id }]);
});

test('every message of a burst of 1,000 is first in the next read, and at most 3 refreshes follow where it has no pause', async () => {
  const before = Number((await db.query('select max(id) as id from view_refreshes')).rows[0].id);
  const pauses = createPauseCounter(refresh.quietMs / 2);
  const startedMs = performance.now();
  let last = 0;
  for (let i = 0; i < 1_000; i++) {
    last = await send(1 + (i % CONTACTS), `burst ${i}`);
    pauses.wrote();
    if (i % 50 === 0) expect((await firstOfList()).lastMessageId).toBe(last);
  }
  await untilViewIsCurrent(30_000);
  const asked = Math.floor((performance.now() - startedMs) / refresh.maxWaitMs) + pauses.count();
  const { rows } = await db.query('select count(*)::int as refreshes from view_refreshes where id > $1', [before]);
  expect(rows[0].refreshes).toBeLessThanOrEqual(3 + asked);
  const newest = await db.query('select max(last_message_id)::int as id from recent_conversations');
  expect(newest.rows[0].id).toBe(last);
});

test('what was imported is found, once, and is gone with its contact', async () => {
  const body = toImportBody([
    { contactId: 5, content: 'Zwölf Boxkämpfer', clientMessageId: 'old-1' },
    { contactId: 5, content: 'Zwölf Boxkämpfer', clientMessageId: 'old-1' },
  ]);
  const imported = await client.POST('/api/commands/import-messages', { body });
  expect(imported.data).toEqual({ imported: 1, duplicates: 1, rejected: 0, errors: [] });
  const search = () => client.GET('/api/conversations', { params: { query: { searchValue: 'boxkampfer' } } });
  expect((await search()).data?.conversations.map(({ contactId, match }) => [contactId, match?.field])).toEqual([
    [5, 'message'],
  ]);
  const deleted = await client.POST('/api/commands/delete-contact', { body: { contactId: 5 } });
  expect(deleted.response.status).toBe(204);
  expect((await search()).data?.conversations).toEqual([]);
  const { error } = await client.GET('/api/contacts/{contactId}', { params: { path: { contactId: 5 } } });
  expect(error?.code).toBe('not_found');
  await untilViewIsCurrent(30_000);
});

test('without the worker the next read is as fresh', async () => {
  await worker.close();
  const id = await send(7, 'nobody refreshes');
  expect(await firstOfList()).toEqual({ lastMessageId: id, pendingChanges: 1 });
});
