import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { messagesPage } from '@messaging/shared';
import type { z } from 'zod';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
  for (const name of ['Ada', 'Bob']) await api.command('create-contact', { name, phoneNumber: '+1 555' });
  // Two of the five have the same time: the id decides.
  for (const [content, minute] of [
    ['one', 1],
    ['two', 2],
    ['three', 2],
    ['five', 5],
    ['four', 4],
  ] as const) {
    await api.command('send-message', { contactId: 1, content, createdAt: `2026-01-01T00:0${minute}:00Z` });
  }
  await api.command('send-message', { contactId: 2, content: 'other' });
});

afterAll(async () => {
  await api?.close();
  await database?.close();
});

async function thread(query: string): Promise<z.output<typeof messagesPage>> {
  const { status, body } = await api.get(`/api/contacts/1/messages${query}`);
  expect(status).toBe(200);
  return messagesPage.parse(body);
}

const contents = (page: z.output<typeof messagesPage>) => page.messages.map(({ content }) => content);

test('lists a thread newest first, ties by id descending', async () => {
  const page = await thread('');
  expect(contents(page)).toEqual(['five', 'four', 'three', 'two', 'one']);
  expect(page.pagination).toMatchObject({ page: 1, total: 5, totalIsExact: true, hasMore: false });
});

test('walks a thread by cursor without repeating or skipping messages of equal times', async () => {
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: z.output<typeof messagesPage> = await thread(`?pageSize=2${cursor && `&cursor=${cursor}`}`);
    seen.push(...contents(page));
    cursor = page.pagination.nextCursor;
  }
  expect(seen).toEqual(['five', 'four', 'three', 'two', 'one']);
});

test('opens the page that holds a message', async () => {
  const page = await thread('?pageSize=2&around=2');
  expect(contents(page)).toEqual(['three', 'two']);
  expect(page.pagination).toMatchObject({ page: 2, hasMore: true });
});

test('answers an empty page past the end of a thread', async () => {
  const page = await thread('?page=77');
  expect(page).toMatchObject({ messages: [], pagination: { total: 5, hasMore: false } });
});

test.each(['/api/contacts/999/messages', '/api/contacts/1/messages?around=999', '/api/contacts/1/messages?around=6'])(
  'answers 404 for %s',
  async (path) => {
    expect(await api.get(path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  },
);

test.each(['around=x', 'around=1&page=1', 'around=1&cursor=x', 'pageSize=201'])('refuses %s', async (query) => {
  expect(await api.get(`/api/contacts/1/messages?${query}`)).toMatchObject({ status: 400 });
});
