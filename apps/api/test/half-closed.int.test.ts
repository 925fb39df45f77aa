import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { eventually } from '@messaging/shared/testing';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { parseAnswer } from './raw-http.ts';
import { connect, countMessages, type TestClient } from './support.ts';

let database: TestDatabase;
let api: TestApi;
let db: TestClient;

beforeEach(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString, {
    limits: { maxConnections: 1_000, headersTimeoutMs: 20_000, bodyTimeoutMs: 30_000, keepAliveTimeoutMs: 65_000 },
    search: { poolSize: 1, timeoutMs: 60_000 },
  });
  db = await connect(database);
  await db.query("insert into contacts (name, phone_number) values ('Ada', '+1 555 1')");
});

afterEach(async () => {
  await api.close();
  await db.end();
  await database.close();
});

/** A client that says that it has sent everything, and goes on reading. */
async function sendAndHalfClose(bytes: string): Promise<Socket> {
  const { hostname, port } = new URL(api.url);
  const socket = connectTcp({ host: hostname, port: Number(port), allowHalfOpen: true }).on('error', () => {});
  await once(socket, 'connect');
  socket.end(bytes);
  return socket;
}

/** What came until the server closed the connection, without what only says that an answer is to come. */
async function readAll(socket: Socket): Promise<string> {
  const text = Buffer.concat(await socket.toArray()).toString();
  return text.replaceAll('HTTP/1.1 100 Continue\r\n\r\n', '');
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
const post = (name: string, type: string, body: string): string =>
  `POST /api/commands/${name} HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

test.each([
  ['a read', get('/api/contacts'), 200],
  ['a search', get('/api/conversations?searchValue=ada'), 200],
  ['a probe', get('/readyz'), 200],
  ['a command', post('send-message', 'application/json', '{"contactId":1,"content":"half"}'), 201],
  [
    'an import',
    post('import-messages', 'application/x-ndjson', '{"contactId":1,"content":"half"}\n'.repeat(6_000)),
    200,
  ],
])('%s is answered to a client that has closed its sending side', async (_what, request, status) => {
  const answer = parseAnswer(await readAll(await sendAndHalfClose(request)));
  expect(answer.status).toBe(status);
  expect(JSON.stringify(answer.body)).toMatch(/Ada|ok|half|"imported":6000|conversations/);
});

test('requests in a row are all answered before the connection is closed', async () => {
  const text = await readAll(await sendAndHalfClose(get('/api/contacts').repeat(3)));
  expect(text.split('HTTP/1.1 200 OK')).toHaveLength(4);
});

test('a body that is cut short is not taken for a whole one', async () => {
  const request = post('import-messages', 'application/x-ndjson', '{"contactId":1,"content":"half"}\n'.repeat(2));
  expect(parseAnswer(await readAll(await sendAndHalfClose(request.slice(0, -1)))).status).toBe(400);
  expect(await countMessages(database)).toBe(0);
});

test('an idle connection is closed when its client closes its side', async () => {
  const { hostname, port } = new URL(api.url);
  const socket = connectTcp({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.write(get('/livez'));
  await once(socket, 'data');
  const ended = once(socket, 'end'); // long before the 65 s of keep-alive
  socket.end();
  await ended;
});

test('a client that waits long after it has closed its side is answered, also while the service closes', async () => {
  await db.query('begin; lock table contacts');
  const socket = await sendAndHalfClose(get('/api/contacts/1'));
  await db.untilSomeoneWaits();
  const answered = readAll(socket);
  await eventually(() => expect(socket.bytesRead).toBeGreaterThan(0)); // it was asked whether it is still there
  const closed = api.close();
  await db.query('commit');
  expect(parseAnswer(await answered)).toMatchObject({ status: 200, body: { id: 1 } });
  await closed;
});

test.each(['destroy', 'resetAndDestroy'] as const)(
  'a search whose client has gone is cancelled (%s)',
  async (leave) => {
    await db.query('begin; lock table unsegmented_contacts in access exclusive mode');
    const { hostname, port } = new URL(api.url);
    const socket = connectTcp({ host: hostname, port: Number(port) }).on('error', () => {});
    socket.write(get('/api/conversations?searchValue=ada'));
    await db.untilSomeoneWaits();
    socket[leave]();
    await eventually(() => expect(api.logLines.join('')).toContain('client left before its answer'));
  },
);
