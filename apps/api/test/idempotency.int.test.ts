import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import type { importAnswer } from '@messaging/shared';
import type { z } from 'zod';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { connect, countMessages } from './support.ts';

type ImportAnswer = z.output<typeof importAnswer>;

let database: TestDatabase;
/** Two processes of the service, as far as the database can tell. */
let api: TestApi;
let other: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
  other = await startTestApi(database.connectionString);
  await api.command('create-contact', { name: 'Ada', phoneNumber: '+1 555 0100' });
});

afterAll(async () => {
  await api?.close();
  await other?.close();
  await database?.close();
});

const send = (to: TestApi, key: string, content: string) =>
  to.command<{ message: { id: number }; code?: string }>(
    'send-message',
    { contactId: 1, content },
    { 'idempotency-key': key },
  );

test('the same key and body get the first answer again, from any process', async () => {
  const before = await countMessages(database);
  const first = await send(api, 'replay', 'hello');
  expect(first.headers.get('idempotency-replayed')).toBeNull();
  for (const process of [api, other]) {
    const again = await send(process, 'replay', 'hello');
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
  }
  expect(await countMessages(database)).toBe(before + 1);
});

test('the order of members and white space do not make another body', async () => {
  const headers = { 'idempotency-key': 'order' };
  const first = await api.command('create-contact', '{"name":"Bo","phoneNumber":"1"}', headers);
  const again = await api.command('create-contact', ' { "phoneNumber": "1", "name": "Bo" } ', headers);
  expect(again).toMatchObject({ status: 201, body: first.body });
});

const TIME = '2026-01-31T09:30:00.123456Z';

test.each([
  [
    'the same with white space and escapes',
    `{ "content" : "\\u0061", "contactId" : 1.0, "createdAt" : "${TIME}" }`,
    201,
  ],
  ['another spelling of the time', `{"contactId":1,"content":"a","createdAt":"2026-01-31T10:30:00.123456+01:00"}`, 422],
  [
    'a digit of the second that is not kept',
    `{"contactId":1,"content":"a","createdAt":"2026-01-31T09:30:00.1234567Z"}`,
    422,
  ],
  ['a field less', '{"contactId":1,"content":"a"}', 422],
  ['a field twice', `{"contactId":1,"content":"b","content":"a","createdAt":"${TIME}"}`, 400],
  ['an unknown field', `{"contactId":1,"content":"a","createdAt":"${TIME}","note":"x"}`, 400],
])('a repeat with %s is not taken for another request than it is', async (what, body, status) => {
  const headers = { 'idempotency-key': what.replaceAll(' ', '-') };
  const before = await countMessages(database);
  const first = await api.command('send-message', { contactId: 1, content: 'a', createdAt: TIME }, headers);
  const again = await api.command('send-message', body, headers);
  expect([first.status, again.status]).toEqual([201, status]);
  expect(again.headers.get('idempotency-replayed')).toBe(status === 201 ? 'true' : null);
  expect(await countMessages(database)).toBe(before + 1);
});

test('another body, or another command, with the same key is 422', async () => {
  await send(api, 'taken', 'one');
  expect(await send(api, 'taken', 'two')).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
  const headers = { 'idempotency-key': 'taken' };
  expect((await api.command('delete-contact', { contactId: 999 }, headers)).status).toBe(422);
});

test('a key in progress is 409, and can be used when that is over', async () => {
  const client = await connect(database);
  await client.query('begin; select from contacts where id = 1 for update'); // the insert waits for this row
  const slow = send(api, 'slow', 'hello');
  await client.untilSomeoneWaits();
  expect(await send(other, 'slow', 'hello')).toMatchObject({ status: 409, body: { code: 'conflict' } });
  await client.query('commit');
  expect((await slow).status).toBe(201);
  const again = await send(other, 'slow', 'hello');
  expect(again).toMatchObject({ status: 201, body: (await slow).body });
  await client.end();
});

test('deletes are repeatable too: 204, not 404, the second time', async () => {
  const { message } = (await send(api, 'to-delete', 'x')).body;
  const headers = { 'idempotency-key': 'delete' };
  for (const replayed of [null, 'true']) {
    const answer = await api.command('delete-message', { messageId: message.id }, headers);
    expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([204, replayed]);
  }
});

test('a command that was refused has done nothing, and its key is still free', async () => {
  const headers = { 'idempotency-key': 'refused' };
  expect((await api.command('send-message', { contactId: 999, content: 'x' }, headers)).status).toBe(404);
  expect((await api.command('send-message', { contactId: 1, content: '' }, headers)).status).toBe(400);
  expect((await send(api, 'refused', 'x')).status).toBe(201);
});

test('after 24 hours a key is new, and the answer is replaced', async () => {
  const first = await send(api, 'old', 'x');
  const client = await connect(database);
  await client.query("update idempotency_keys set created_at = now() - interval '24 hours 1 second' where key = 'old'");
  await client.end();
  const second = await send(api, 'old', 'another');
  expect(second.status).toBe(201);
  expect(second.body.message.id).not.toBe(first.body.message.id);
  expect((await send(api, 'old', 'another')).body).toEqual(second.body);
});

test.each(['', 'x'.repeat(256), 'two words', 'ümlaut', 'tab\there'])('a bad key is 400: %j', async (key) => {
  const { status, body } = await send(api, key, 'x');
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: 'invalid_input', errors: [{ path: 'Idempotency-Key' }] });
});

test('a key of 255 characters is accepted', async () => {
  expect((await send(api, '~'.repeat(255), 'x')).status).toBe(201);
});

test('an import is replayed without being stored again, and another body is 422', async () => {
  const importLines = (to: TestApi, content: string) =>
    to.command<ImportAnswer>('import-messages', `{"contactId":1,"content":"${content}"}\n`, {
      'content-type': 'application/x-ndjson',
      'idempotency-key': 'import',
    });
  const first = await importLines(api, 'hello');
  const before = await countMessages(database);
  const again = await importLines(other, 'hello');
  expect(again).toMatchObject({ status: 200, body: first.body });
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect((await importLines(other, 'bye')).status).toBe(422);
  expect(await countMessages(database)).toBe(before);
});
