import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { problem } from '@messaging/shared';
import { type Answer, startTestApi, type TestApi } from '../src/testing/start-test-api.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
});

afterAll(async () => {
  await api?.close();
  await database?.close();
});

function pathsOf({ status, body }: Answer<unknown>): string[] {
  expect(status).toBe(400);
  return (problem.parse(body).errors ?? []).map(({ path }) => path).sort();
}

test.each([
  ['/api/contacts/x/messages?pageSize=0&page=z&around=-1', ['around', 'around', 'contactId', 'page', 'pageSize']],
  ['/api/contacts/x/messages?cursor=nonsense', ['contactId', 'cursor']],
  ['/api/contacts?cursor=nonsense&pageSize=0', ['cursor', 'pageSize']],
  ['/api/contacts/1/messages?page=1&around=2&pageSize=1&pageSize=2', ['around', 'pageSize']],
  [
    '/api/conversations?searchValue=%00&page=1&cursor=nonsense&pageSize=x',
    ['cursor', 'page', 'pageSize', 'searchValue'],
  ],
])('%s is told every problem at once', async (path, paths) => {
  expect(pathsOf(await api.get(path))).toEqual(paths);
});

test('a command is told what is wrong with its key and with its body', async () => {
  const headers = { 'idempotency-key': 'has space' };
  const body = { contactId: 0, content: '' };
  expect(pathsOf(await api.command('send-message', body, headers))).toEqual([
    'Idempotency-Key',
    'contactId',
    'content',
  ]);
  expect(pathsOf(await api.command('send-message', '[]', headers))).toEqual(['', 'Idempotency-Key']);
});
