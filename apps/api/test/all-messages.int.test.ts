import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { conversationsPage, listedMessagesPage, messageDetail, messagesPage } from '@messaging/shared';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { connect } from './support.ts';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
  for (const name of ['Ada', 'Bo']) await api.command('create-contact', { name, phoneNumber: '+1 555 0100' });
  const send = (command: string, contactId: number, content: string, day: number) =>
    api.command(command, { contactId, content, createdAt: `2026-03-0${day}T10:00:00Z` });
  await send('send-message', 1, 'Rechnung eins', 1);
  await send('receive-message', 1, 'rechnung zwei', 2);
  await send('receive-message', 2, 'RECHNUNG drei', 3);
  await send('send-message', 2, 'something else', 4);
});

afterAll(async () => {
  await api?.close();
  await database?.close();
});

const list = async (query: string) => listedMessagesPage.parse((await api.get(`/api/messages?${query}`)).body);
const ids = async (query: string) => (await list(query)).messages.map(({ id }) => id);

test('a message is outbound when sent and inbound when received, unless the request says otherwise', async () => {
  const sent = await api.command<{ message: unknown }>('send-message', {
    contactId: 1,
    content: 'x',
    direction: 'inbound',
    createdAt: '2026-02-01T00:00Z',
  });
  expect(sent.body.message).toMatchObject({ direction: 'inbound' });
  const refused = await api.command('receive-message', { contactId: 1, content: 'x', direction: 'inbound' });
  expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: 'direction' }] } });
  const wrong = await api.command('send-message', { contactId: 1, content: 'x', direction: 'in' });
  expect(wrong).toMatchObject({ status: 400, body: { errors: [{ path: 'direction' }] } });
});

test('lists all messages, newest first, with their contacts', async () => {
  const { messages, pagination } = await list('pageSize=2');
  expect(messages).toEqual([
    {
      id: 4,
      contactId: 2,
      contactName: 'Bo',
      preview: 'something else',
      direction: 'outbound',
      createdAt: '2026-03-04T10:00:00.000000Z',
      match: null,
    },
    expect.objectContaining({ id: 3, direction: 'inbound' }),
  ]);
  expect(pagination).toMatchObject({ total: 5, totalIsExact: true, hasMore: true });
  expect(await ids(`pageSize=2&cursor=${pagination.nextCursor}`)).toEqual([2, 1]);
  expect(await ids('pageSize=2&page=2')).toEqual([2, 1]);
});

test.each([
  ['searchValue=rechnung', [3, 2, 1]],
  ['searchValue=rechnung&contactId=1', [2, 1]],
  ['searchValue=rechnung&direction=inbound', [3, 2]],
  ['searchValue=rechnung&from=2026-03-02T10:00Z', [3, 2]],
  ['searchValue=rechnung&to=2026-03-02T10:00Z', [1]],
  ['searchValue=rechnung&from=2026-03-02T10:00Z&to=2026-03-03T10:00Z&contactId=1&direction=inbound', [2]],
  ['searchValue=Ada', []],
  ['direction=inbound&from=2026-03-01T00:00Z', [3, 2]],
  ['direction=outbound', [4, 1]],
  ['contactId=2', [4, 3]],
  ['contactId=2&direction=inbound', [3]],
  ['contactId=99', []],
  ['from=2026-03-02T10:00Z&to=2026-03-02T10:00Z', []],
])('%s finds %j', async (query, expected) => {
  expect(await ids(query)).toEqual(expected);
});

test('a match says where it is', async () => {
  const { messages } = await list('searchValue=zwei');
  expect(messages).toMatchObject([
    { id: 2, match: { field: 'message', snippet: 'rechnung zwei', ranges: [[9, 13]], messageId: 2 } },
  ]);
});

test('a cursor belongs to its search and its filters', async () => {
  const { pagination } = await list('searchValue=rechnung&pageSize=1');
  const { nextCursor } = pagination;
  expect(await ids(`searchValue=rechnung&pageSize=1&cursor=${nextCursor}`)).toEqual([2]);
  for (const query of ['searchValue=zwei', 'searchValue=rechnung&direction=inbound', 'contactId=1']) {
    expect(await api.get(`/api/messages?${query}&cursor=${nextCursor}`)).toMatchObject({ status: 400 });
  }
});

test('shows one message whole', async () => {
  expect(messageDetail.parse((await api.get('/api/messages/2')).body)).toEqual({
    id: 2,
    contactId: 1,
    content: 'rechnung zwei',
    direction: 'inbound',
    createdAt: '2026-03-02T10:00:00.000000Z',
    clientMessageId: null,
  });
  expect(await api.get('/api/messages/999')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  expect(await api.get('/api/messages/x')).toMatchObject({ status: 400, body: { errors: [{ path: 'messageId' }] } });
});

test('conversations can be asked for by the time of their last message', async () => {
  const read = async (query: string) => conversationsPage.parse((await api.get(`/api/conversations?${query}`)).body);
  const { conversations, pagination } = await read('from=2026-03-01T00:00Z&to=2026-03-03T00:00Z');
  expect(conversations).toMatchObject([{ contactId: 1, lastMessage: { id: 2, direction: 'inbound' } }]);
  expect(pagination).toMatchObject({ total: 1, totalIsExact: true });
  const found = await read('searchValue=rechnung&from=2026-03-03T00:00Z');
  expect(found.conversations).toMatchObject([{ contactId: 2, match: { messageId: 3 } }]);
  expect((await read('searchValue=rechnung&to=2026-03-03T00:00Z')).conversations).toMatchObject([{ contactId: 1 }]);
});

test('a thread can be asked for by time', async () => {
  const { body } = await api.get('/api/contacts/1/messages?from=2026-03-02T00:00Z');
  expect(messagesPage.parse(body)).toMatchObject({
    messages: [{ id: 2 }],
    pagination: { total: 1, totalIsExact: true },
  });
});

test.each([
  ['/api/messages?from=2026-03-02T00:00Z&to=2026-03-01T00:00Z', 'from'],
  ['/api/conversations?from=2026-03-02T00:00Z&to=2026-03-01T00:00Z', 'from'],
  ['/api/contacts/1/messages?from=2026-03-02T00:00Z&to=2026-03-01T00:00Z', 'from'],
  ['/api/messages?from=yesterday', 'from'],
  ['/api/messages?direction=in', 'direction'],
  ['/api/messages?contactId=0', 'contactId'],
  ['/api/messages?searchvalue=x', 'searchvalue'],
  ['/api/contacts/1/messages?around=1&from=2026-03-02T00:00Z', 'around'],
])('%s is refused for %s', async (path, field) => {
  expect(await api.get(path)).toMatchObject({ status: 400, body: { errors: [{ path: field }] } });
});

test('a search that takes too long is answered 503, and says how to narrow it', async () => {
  const hasty = await startTestApi(database.connectionString, { search: { poolSize: 1, timeoutMs: 200 } });
  const locker = await connect(database);
  await locker.query('begin; lock table message_segments in access exclusive mode');
  expect(await hasty.get('/api/messages?searchValue=rechnung')).toMatchObject({
    status: 503,
    body: { code: 'unavailable', detail: expect.stringContaining('Narrow it') },
  });
  await locker.query('rollback');
  await locker.end();
  expect((await hasty.get('/api/messages?searchValue=rechnung')).status).toBe(200);
  await hasty.close();
});
