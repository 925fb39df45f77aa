import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import type { importAnswer } from '@messaging/shared';
import { eventually } from '@messaging/shared/testing';
import type { z } from 'zod';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { connect, countMessages, type TestClient } from './support.ts';

type ImportAnswer = z.output<typeof importAnswer>;

const HEADERS = { 'content-type': 'application/x-ndjson' };
const BATCH_LINES = 5_000;

let database: TestDatabase;
/** Two processes of the service, as far as the database can tell. */
let api: TestApi;
let other: TestApi;
let client: TestClient;
let before: number;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString, { importPoolSize: 1 });
  other = await startTestApi(database.connectionString);
  for (const name of ['Ada', 'Bo']) await api.command('create-contact', { name, phoneNumber: '+1 555 0100' });
  client = await connect(database);
});

beforeEach(async () => {
  before = await countMessages(database);
});

afterAll(async () => {
  await client?.end();
  await api?.close();
  await other?.close();
  await database?.close();
});

/** Lines without clientMessageId: only the key can tell what is stored. */
const linesOf = (name: string, count: number, contactId = 1): string =>
  Array.from({ length: count }, (_, i) => `${JSON.stringify({ contactId, content: `${name} ${i}` })}\n`).join('');

/** An upload that the test goes on with. */
function begin(to: TestApi, key?: string): ClientRequest {
  const headers = { ...HEADERS, ...(key && { 'idempotency-key': key }) };
  const upload = request(`${to.url}/api/commands/import-messages`, { method: 'POST', headers });
  upload.flushHeaders();
  return upload.on('error', () => {}); // what came before it is what counts
}

async function answerOf(upload: ClientRequest) {
  const [response] = (await once(upload, 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: JSON.parse((await response.toArray()).join('')) };
}

const send = (to: TestApi, key: string, body: string) =>
  to.command<ImportAnswer & { detail?: string }>('import-messages', body, { ...HEADERS, 'idempotency-key': key });

const untilStored = (count: number) =>
  eventually(async () => expect(await countMessages(database)).toBe(before + count));

async function untilClaimed(key: string): Promise<void> {
  await eventually(async () => {
    const { rowCount } = await client.query(
      'select from idempotency_keys where key = $1 and leased_until is not null',
      [key],
    );
    expect(rowCount).toBe(1);
  });
}

const endLease = (key: string, db = client) =>
  db.query("update idempotency_keys set leased_until = now() - interval '1 s' where key = $1", [key]);

const breakOff = async (key: string, body: string, stored = BATCH_LINES): Promise<void> => {
  const upload = begin(api, key);
  upload.write(body);
  await untilStored(stored);
  upload.destroy();
  await eventually(async () => {
    const { rows } = await client.query('select leased_until from idempotency_keys where key = $1', [key]);
    expect(rows).toEqual([{ leased_until: null }]);
  });
};

test('an import that broke off goes on where it stopped, and its response is that of the whole', async () => {
  const bad = `${JSON.stringify({ contactId: 99, content: 'x' })}\n`;
  const body = `bad\n\n${linesOf('whole', 7_000)}bad\n${bad}${linesOf('rest', 10)}`;
  await breakOff('broken', body.slice(0, body.length - 50_000), BATCH_LINES - 1); // one line of the batch is bad
  const answer = await send(other, 'broken', body);
  expect(answer).toMatchObject({ status: 200, body: { imported: 7_010, duplicates: 0, rejected: 3 } });
  expect(answer.body.errors.map(({ line }) => line)).toEqual([1, 7_003, 7_004]);
  expect(answer.headers.get('idempotency-replayed')).toBeNull();
  expect(await countMessages(database)).toBe(before + 7_010);
  const again = await send(api, 'broken', body);
  expect([again.status, again.headers.get('idempotency-replayed'), again.body]).toEqual([200, 'true', answer.body]);
});

/** The first is the key as well. */
test.each([
  ['differs', (body: string) => body.replace('other 17"', 'other ??"')],
  ['is-shorter', (body: string) => body.slice(0, 1_000)],
  ['is-empty', () => ''],
])('where the body %s from what was stored it is 422, and stores nothing', async (what, change) => {
  const body = linesOf('other', 6_000);
  await breakOff(what, body);
  expect((await send(other, what, change(body))).status).toBe(422);
  expect(await countMessages(database)).toBe(before + BATCH_LINES);
  expect(await send(other, what, body)).toMatchObject({ status: 200, body: { imported: 6_000 } });
});

test('another command with the key of an unfinished import is 422', async () => {
  await breakOff('kept', linesOf('kept', 6_000));
  const answer = await api.command('send-message', { contactId: 1, content: 'x' }, { 'idempotency-key': 'kept' });
  expect(answer.status).toBe(422);
});

test('a key in progress is 409 with Retry-After, however slow its body, and free when nothing was stored', async () => {
  const upload = begin(api, 'slow');
  upload.write('{"contactId":');
  await untilClaimed('slow');
  const refused = await send(other, 'slow', linesOf('slow', 1));
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([409, '15']);
  upload.destroy();
  await eventually(async () => expect((await send(other, 'slow', linesOf('another', 1))).status).toBe(200));
});

test('a request whose lease ended is fenced: what it stores after the takeover is undone', async () => {
  const body = linesOf('fenced', 2 * BATCH_LINES);
  const upload = begin(api, 'fenced');
  upload.write(body.slice(0, body.length - 10));
  await untilStored(BATCH_LINES);
  // R1 waits for its body. Its lease ends as if its process had stood still; R2 takes over and finishes.
  await eventually(async () => {
    await endLease('fenced');
    expect(await send(other, 'fenced', body)).toMatchObject({ status: 200, body: { imported: 2 * BATCH_LINES } });
  });
  upload.end(body.slice(body.length - 10)); // R1 goes on
  expect(await answerOf(upload)).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect(await countMessages(database)).toBe(before + 2 * BATCH_LINES);
});

test('while a batch is being stored nobody takes over, even after the lease', async () => {
  const body = linesOf('locked', 10, 2);
  await client.query('begin; select from contacts where id = 2 for update');
  const holder = await connect(database);
  const upload = begin(api, 'locked');
  await untilClaimed('locked');
  await endLease('locked', holder);
  const answered = answerOf(upload);
  upload.end(body);
  await client.untilSomeoneWaits();
  expect((await send(other, 'locked', body)).status).toBe(409);
  await client.query('commit');
  await holder.end();
  expect(await answered).toMatchObject({ status: 200, body: { imported: 10 } });
});

test('slow uploads hold no connection: another import goes through', async () => {
  const slow = [begin(api), begin(api, 'drip')];
  for (const upload of slow) upload.write('{"contactId":');
  await untilClaimed('drip');
  expect(await send(api, 'quick', linesOf('quick', 10))).toMatchObject({ status: 200, body: { imported: 10 } });
  const answered = slow.map(answerOf);
  for (const upload of slow) upload.end('1,"content":"x"}');
  for (const answer of await Promise.all(answered))
    expect(answer).toMatchObject({ status: 200, body: { imported: 1 } });
});

test.each([
  ['without a key', undefined, /after line 5000: 5000 imported.*from 5001 on/],
  ['with a key', 'paused', /after line 5000: 5000 imported.*same Idempotency-Key/],
])('a body that pauses, %s, is 408 and says what was stored', async (_, key, detail) => {
  const limits = { maxConnections: 100, headersTimeoutMs: 10_000, bodyTimeoutMs: 2_000, keepAliveTimeoutMs: 5_000 };
  const impatient = await startTestApi(database.connectionString, { limits });
  const upload = begin(impatient, key);
  const answered = answerOf(upload);
  upload.write(linesOf('paused', BATCH_LINES + 1));
  const answer = await answered;
  expect(answer).toMatchObject({ status: 408, body: { code: 'request_timeout' } });
  expect(answer.body.detail).toMatch(detail);
  await impatient.close();
  expect(await countMessages(database)).toBe(before + BATCH_LINES);
});
