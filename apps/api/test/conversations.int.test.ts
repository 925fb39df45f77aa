import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { conversationsPage } from '@messaging/shared';
import type { z } from 'zod';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';

type Page = z.output<typeof conversationsPage>;

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
  await addContact('José Núñez', '+1 (555) 010-7788', 'Hello Straße, 100% sure');
  await addContact('Łukasz', '020 7946 0018', 'see #123456 at C:\\temp_dir');
  await addContact('田中太郎', '+81 3 1234 5678', '明日の会議は三時です 👍🏽');
  await api.command('create-contact', { name: 'Silent', phoneNumber: '1' });
});

afterAll(async () => {
  await api?.close();
  await database?.close();
});

async function addContact(name: string, phoneNumber: string, content: string): Promise<void> {
  const created = await api.command<{ contact: { id: number } }>('create-contact', { name, phoneNumber });
  await api.command('send-message', { contactId: created.body.contact.id, content });
}

async function list(query = ''): Promise<Page> {
  const { status, body } = await api.get(`/api/conversations${query}`);
  expect(status).toBe(200);
  return conversationsPage.parse(body);
}

const search = (term: string) => list(`?searchValue=${encodeURIComponent(term)}`);

test('lists contacts that have a message, newest first, without a match', async () => {
  const { conversations, pagination } = await list();
  expect(conversations.map(({ name }) => name)).toEqual(['田中太郎', 'Łukasz', 'José Núñez']);
  expect(conversations.every(({ match }) => match === null)).toBe(true);
  expect(pagination).toEqual({
    page: 1,
    pageSize: 50,
    total: 3,
    totalPages: 1,
    totalIsExact: true,
    hasMore: false,
    nextCursor: null,
  });
});

test('walks by cursor and by page number', async () => {
  const first = await list('?pageSize=2');
  expect(first.pagination).toMatchObject({ page: 1, total: 3, totalPages: 2, hasMore: true });
  const byCursor = await list(`?pageSize=2&cursor=${first.pagination.nextCursor}`);
  const byNumber = await list('?pageSize=2&page=2');
  expect(byCursor.conversations).toEqual(byNumber.conversations);
  expect(byCursor.pagination).toMatchObject({ page: null, hasMore: false, nextCursor: null });
});

test('answers an empty list past the end', async () => {
  const { conversations, pagination } = await list('?page=9999999999');
  expect(conversations).toEqual([]);
  expect(pagination).toMatchObject({ page: 9999999999, total: 3, hasMore: false });
});

test.each([
  ['jose', 'José Núñez', { field: 'name', snippet: 'José Núñez', ranges: [[0, 4]], messageId: null }],
  ['NUNEZ', 'José Núñez', { field: 'name', snippet: 'José Núñez', ranges: [[5, 10]], messageId: null }],
  ['lukasz', 'Łukasz', { field: 'name', ranges: [[0, 6]] }],
  ['太', '田中太郎', { field: 'name', ranges: [[2, 3]] }],
  [
    '(555) 01',
    'José Núñez',
    { field: 'phoneNumber', snippet: '+1 (555) 010-7788', ranges: [[3, 11]], messageId: null },
  ],
  ['555-0107', 'José Núñez', { field: 'phoneNumber', ranges: [[4, 14]] }],
  ['5550107788', 'José Núñez', { field: 'phoneNumber', ranges: [[4, 17]] }],
  ['0%', 'José Núñez', { field: 'message', snippet: 'Hello Straße, 100% sure', ranges: [[16, 18]] }],
  ['p_d', 'Łukasz', { field: 'message', ranges: [[21, 24]] }],
  ['\\', 'Łukasz', { field: 'message', ranges: [[17, 18]] }],
  ['#12', 'Łukasz', { field: 'message', ranges: [[4, 7]] }],
  ['会議', '田中太郎', { field: 'message', ranges: [[3, 5]] }],
  ['👍', '田中太郎', { field: 'message' }],
])('finds %s', async (term, name, match) => {
  const { conversations } = await search(term);
  expect(conversations.map((conversation) => conversation.name)).toEqual([name]);
  expect(conversations[0]?.match).toMatchObject(match);
});

test.each(['5%', '%%', 'zzz', '18+1', '00-77-99'])('finds nothing for %s', async (term) => {
  const { conversations, pagination } = await search(term);
  expect(conversations).toEqual([]);
  expect(pagination.total).toBe(0);
});

test.each(['', '%20%20'])('treats the empty term %p as no search', async (term) => {
  const { conversations } = await list(`?searchValue=${term}`);
  expect(conversations).toHaveLength(3);
});

test('tells how far the view is behind', async () => {
  const { headers } = await api.get('/api/conversations');
  expect(headers.get('view-pending-changes')).toBe('3');
  expect(headers.get('view-refreshed-at')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
});

test('refuses every bad parameter at once', async () => {
  const long = 'x'.repeat(201);
  const answer = await api.get(`/api/conversations?page=0&pageSize=201&searchValue=${long}`);
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({
    code: 'invalid_input',
    errors: [{ path: 'page' }, { path: 'pageSize' }, { path: 'searchValue' }],
  });
});

test.each([
  'page=1.5',
  'page=-1',
  'page=',
  'pageSize=0',
  'page=1&cursor=abc',
  'cursor=',
  'cursor=abc',
  'searchValue=a&searchValue=b',
  'searchValue=%00',
  'searchValue[a]=1&page=x',
  'page=12345678901234567890',
])('refuses %s', async (query) => {
  const answer = await api.get(`/api/conversations?${query}`);
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_input', status: 400 } });
});

test('refuses a cursor that is cut, altered, or from another list or search', async () => {
  const cursor = String((await list('?pageSize=1')).pagination.nextCursor);
  const ofSearch = String((await list('?pageSize=1&searchValue=s')).pagination.nextCursor);
  const altered = cursor.slice(0, -1) + (cursor.endsWith('A') ? 'B' : 'A');
  for (const path of [
    `/api/conversations?cursor=${cursor.slice(0, -3)}`,
    `/api/conversations?cursor=${altered}`,
    `/api/conversations?cursor=${ofSearch}`,
    `/api/conversations?searchValue=t&cursor=${ofSearch}`,
    `/api/contacts?cursor=${cursor}`,
    `/api/contacts/1/messages?cursor=${cursor}`,
  ]) {
    expect(await api.get(path)).toMatchObject({ status: 400, body: { errors: [{ path: 'cursor' }] } });
  }
});
