import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { messagesPage } from '@messaging/shared';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { connect, type TestClient } from './support.ts';

const MEBIBYTE = 1_048_576;
/** More than the buffers between a server and a client that does not read. */
const ROWS = 24;

let database: TestDatabase;
let api: TestApi;
let db: TestClient;

beforeEach(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
  db = await connect(database);
  await db.query("insert into contacts (name, phone_number) values ('Ada', '+1 555 1')");
});

afterEach(async () => {
  await api.close();
  await db.end();
  await database.close();
});

/** Stores messages 1 to 24 of 1 MiB, of which nothing is indexed: that would take longer than the tests. */
async function addLongThread(): Promise<void> {
  await db.query('alter table messages disable trigger user');
  await db.query('insert into unsegmented_contacts values (1, 1)');
  await db.query(
    "insert into messages (contact_id, content, created_at) select 1, repeat('x', $2), to_timestamp(i) from generate_series(1, $1::int) i",
    [ROWS, MEBIBYTE],
  );
}

/** The page with all messages, of which nothing is read yet. */
async function openPage(): Promise<IncomingMessage> {
  const [response] = await once(get(`${api.url}/api/contacts/1/messages?pageSize=${ROWS}`), 'response');
  return response;
}

const textOf = async (response: IncomingMessage) => Buffer.concat(await response.toArray()).toString();

test('a long page has the bytes that a short one would have', async () => {
  const contents = [
    `x${'\u{1f600}'.repeat(100_000)}`, // a pair lies across the boundary of each slice
    '\u0001\b\t\n\f\r"\\/\u007f\u2028'.repeat(20_000),
    'short',
    'ж'.repeat(200_000),
  ];
  for (const content of contents.toReversed()) {
    expect(await api.command('send-message', { contactId: 1, content })).toMatchObject({ status: 201 });
  }
  const long = await textOf(await openPage());
  const page = messagesPage.parse(JSON.parse(long));
  expect(page.messages.map(({ content }) => content)).toEqual(contents);
  expect(page.pagination).toMatchObject({ total: 4, hasMore: false, nextCursor: null });
  expect(long === JSON.stringify(JSON.parse(long))).toBe(true); // not printed where it differs
  const short = await fetch(`${api.url}/api/contacts/1/messages?pageSize=1&page=3`);
  const [message = 'none'] = /\{"id".*?\}/.exec(await short.text()) ?? [];
  expect(long.includes(message)).toBe(true);
});

test('HEAD has the headers of a long page, and no body', async () => {
  await addLongThread();
  const response = await fetch(`${api.url}/api/contacts/1/messages?pageSize=${ROWS}`, { method: 'HEAD' });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  expect(await response.text()).toBe('');
});

test('a message that is deleted while a client reads slowly is left out, and the delete does not wait', async () => {
  await addLongThread();
  const response = await openPage();
  expect(await api.command('delete-message', { messageId: 1 })).toMatchObject({ status: 204 });
  const page = messagesPage.parse(JSON.parse(await textOf(response)));
  const ids = Array.from({ length: ROWS - 1 }, (_, i) => ROWS - i);
  expect(page.messages.map(({ id }) => id)).toEqual(ids);
  expect(page.pagination.total).toBe(ROWS); // as when the request came
});

test('a page that fails half-way is cut off, so that it does not pass for a whole one, and the failure is logged', async () => {
  await addLongThread();
  const response = await openPage();
  await db.query('alter table messages rename to lost_messages');
  await expect(textOf(response)).rejects.toThrow('aborted');
  expect(api.logLines.filter((line) => line.includes('request failed'))).toHaveLength(1);
});

test('a client that reads slowly does not keep the service from closing', async () => {
  await addLongThread();
  const response = await openPage();
  await api.close();
  await expect(textOf(response)).rejects.toThrow('aborted');
});
