import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { connect } from './support.ts';

const LARGEST = Number.MAX_SAFE_INTEGER;
const CONTACT = 2_345_678_901_234_567;

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
  const db = await connect(database);
  await db.query(
    `insert into contacts (id, name, phone_number) values (${CONTACT}, 'Long', '1'), (${LARGEST}, 'Longest', '2')`,
  );
  await db.query(
    `insert into messages (id, contact_id, content) values (${LARGEST - 1}, ${LARGEST}, 'a'), (${LARGEST}, ${LARGEST}, 'b')`,
  );
  await db.end();
});

afterAll(async () => {
  await api?.close();
  await database?.close();
});

test.each([CONTACT, LARGEST])('a contact with the id %d can be read and written', async (contactId) => {
  expect((await api.command('send-message', { contactId, content: 'hi' })).status).toBe(201);
  expect(await api.get(`/api/contacts/${contactId}`)).toMatchObject({ status: 200, body: { id: contactId } });
  expect((await api.get(`/api/contacts/${contactId}/messages`)).status).toBe(200);
});

test('lists are walked by cursors of such ids, and a thread is opened at one', async () => {
  const list = async (path: string, cursor?: string) =>
    (
      await api.get<{ pagination: { nextCursor: string | null }; [rows: string]: unknown }>(
        `${path}pageSize=1${cursor ? `&cursor=${cursor}` : ''}`,
      )
    ).body;
  for (const path of [
    '/api/contacts?',
    '/api/conversations?',
    '/api/conversations?searchValue=long&',
    `/api/contacts/${LARGEST}/messages?`,
  ]) {
    const first = await list(path);
    const second = await list(path, first.pagination.nextCursor ?? undefined);
    expect(JSON.stringify(second)).toMatch(/\d{16}/);
  }
  const around = await list(`/api/contacts/${LARGEST}/messages?around=${LARGEST - 1}&`);
  expect(around.messages).toEqual([expect.objectContaining({ id: LARGEST - 1 })]);
});

test.each(['9007199254740992', '9007199254740993', '10000000000000000', '0', '-1', '1.0', '1e3', 'x'])(
  '%s is no id',
  async (id) => {
    const message = 'must be a whole number from 1 to 9007199254740991';
    for (const path of [`/api/contacts/${id}`, `/api/contacts/${id}/messages`]) {
      expect(await api.get(path)).toMatchObject({ status: 400, body: { errors: [{ path: 'contactId', message }] } });
    }
    const around = await api.get(`/api/contacts/1/messages?around=${id}`);
    expect(around).toMatchObject({ status: 400, body: { errors: [{ path: 'around', message }] } });
  },
);
