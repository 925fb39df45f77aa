import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { contactDetail, contactsPage } from '@messaging/shared';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
  for (const name of ['Ada', 'Bob', 'Cy']) await api.command('create-contact', { name, phoneNumber: '+1 555' });
  await api.command('send-message', { contactId: 2, content: 'hi', createdAt: '2026-03-01T10:00:00.123456+02:00' });
});

afterAll(async () => {
  await api?.close();
  await database?.close();
});

test('answers a contact with the time of its newest message', async () => {
  const { status, body } = await api.get('/api/contacts/2');
  expect(status).toBe(200);
  expect(contactDetail.parse(body)).toMatchObject({ id: 2, name: 'Bob', lastMessageAt: '2026-03-01T08:00:00.123456Z' });
});

test('answers null for the last message of a contact without one', async () => {
  const { body } = await api.get('/api/contacts/1');
  expect(contactDetail.parse(body).lastMessageAt).toBeNull();
});

test('lists contacts by id, by cursor and by page number', async () => {
  const first = contactsPage.parse((await api.get('/api/contacts?pageSize=2')).body);
  expect(first.contacts.map(({ id }) => id)).toEqual([1, 2]);
  const byCursor = await api.get(`/api/contacts?pageSize=2&cursor=${first.pagination.nextCursor}`);
  expect(contactsPage.parse(byCursor.body)).toMatchObject({
    contacts: [{ id: 3, name: 'Cy' }],
    pagination: { page: null, total: 3, totalPages: 2, hasMore: false, nextCursor: null },
  });
  const byNumber = await api.get<{ contacts: unknown }>('/api/contacts?pageSize=2&page=2');
  expect(byNumber.body.contacts).toEqual((byCursor.body as { contacts: unknown }).contacts);
});

test('answers 404 for an unknown contact', async () => {
  expect(await api.get('/api/contacts/999')).toMatchObject({ status: 404, body: { code: 'not_found' } });
});

test.each(['abc', '1.5', '-1', '0', '99999999999999999999'])('refuses the contact id %s', async (id) => {
  expect(await api.get(`/api/contacts/${id}`)).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'contactId' }] },
  });
});
