import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { problem } from '@messaging/shared';
import { eventually } from '@messaging/shared/testing';
import express from 'express';
import { allowLongBody, limitBodyTime } from '../src/middleware/body-time.ts';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { connectRaw, get, parseAnswer, send, untilClosed } from './raw-http.ts';

const LIMITS = { maxConnections: 1_000, headersTimeoutMs: 400, bodyTimeoutMs: 400, keepAliveTimeoutMs: 5_000 };
const COMMAND = 'POST /api/commands/create-contact HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString, { limits: LIMITS });
});

afterAll(async () => {
  await api?.close();
  await database?.close();
});

test.each([
  ['headers that never end', 'GET /api/contacts HTTP/1.1\r\nhost: localhost\r\nx-slow: 1'],
  ['not one byte', ''],
  ['a body that comes byte by byte', `${COMMAND}content-length: 1000\r\n\r\n{`],
  ['a chunked body without end', `${COMMAND}transfer-encoding: chunked\r\n\r\n1\r\n{\r\n`],
])('answers 408 to %s, and closes the connection', async (_what, beginning) => {
  const socket = await connectRaw(api.url);
  const closed = untilClosed(socket);
  socket.write(beginning);
  const drip = setInterval(() => socket.writable && beginning.includes('content-length') && socket.write(' '), 50);
  const answer = parseAnswer(await closed.finally(() => clearInterval(drip)));
  expect(answer.status).toBe(408);
  expect(problem.parse(answer.body)).toMatchObject({ code: 'request_timeout' });
  expect(answer.headers.get('x-request-id')).toBe(problem.parse(answer.body).requestId);
});

test('closes a connection whose body nobody reads and that never ends', async () => {
  const socket = await connectRaw(api.url);
  const closed = untilClosed(socket);
  socket.write('GET /livez HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n');
  const drip = setInterval(() => socket.writable && socket.write(' '), 50);
  expect(await closed.finally(() => clearInterval(drip))).toMatch(/^HTTP\/1\.1 200 /);
});

test('a connection that is used on is not closed for a body that came long ago', async () => {
  const socket = await connectRaw(api.url);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.write('GET /livez HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}');
  const asking = setInterval(() => socket.write('GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n'), 50);
  await eventually(() => expect(text.split('HTTP/1.1 200').length).toBeGreaterThan(15)); // well past the time of a body
  clearInterval(asking);
  expect(socket.writable).toBe(true);
  socket.destroy();
});

test('a route can let a body take as long as it flows, and no longer', async () => {
  const app = express();
  app.use(limitBodyTime(1_000));
  app.post('/stream', allowLongBody, async (req, res) => {
    let bytes = 0;
    for await (const chunk of req) bytes += (chunk as Buffer).length;
    res.json({ bytes });
  });
  app.get('/slow', (_req, res) => void setTimeout(() => res.json({}), 1_500)); // longer than a body may take
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  try {
    const flowing = await connectRaw(url);
    const answered = untilClosed(flowing);
    flowing.write('POST /stream HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 20\r\n\r\n');
    for (let sent = 0; sent < 20; sent += 1) {
      flowing.write('x');
      await new Promise((resolve) => setTimeout(resolve, 100)); // the pace is what is tested: 2 s in all
    }
    expect(parseAnswer(await answered)).toMatchObject({ status: 200, body: { bytes: 20 } });

    const unread = 'GET /slow HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\nxx';
    expect((await send(url, unread)).status).toBe(200); // the body was there in time, only the answer was not

    const paused = await connectRaw(url);
    const refused = untilClosed(paused);
    paused.write('POST /stream HTTP/1.1\r\nhost: x\r\ncontent-length: 30\r\n\r\nxx');
    expect(parseAnswer(await refused).status).toBe(408);
  } finally {
    server.close();
  }
});

test.each([
  ['headers too large', `GET /livez HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
  ['what is not HTTP', 'hello\r\n\r\n', 400],
  ['a header with a line break', 'GET /livez HTTP/1.1\r\nhost: localhost\r\nx: a\rb\r\n\r\n', 400],
  ['two lengths', `${COMMAND}content-length: 5\r\ncontent-length: 6\r\n\r\n{}`, 400],
  ['a length and chunks', `${COMMAND}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ['CONNECT', 'CONNECT example.org:443 HTTP/1.1\r\nhost: localhost\r\n\r\n', 405],
  ['no host', 'GET /livez HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
])('answers %s with a problem', async (_what, request, status) => {
  const answer = await send(api.url, request);
  expect(answer.status).toBe(status);
  expect(problem.parse(answer.body)).toMatchObject({ status, requestId: answer.headers.get('x-request-id') });
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
});

test('serves a request with an expectation it does not know', async () => {
  const answer = await get(api.url, '/livez', { host: 'localhost', expect: 'miracles' });
  expect(answer.status).toBe(200);
});

test.each([
  [`/api/conversations?searchValue=${'x'.repeat(9_000)}`, 414, 'uri_too_long'],
  [`/api/conversations?${'a=1&'.repeat(101)}`, 400, 'invalid_input'],
])('refuses a URL that is too long or has too many parameters', async (path, status, code) => {
  expect(await api.get(path)).toMatchObject({ status, body: { code } });
});

test('takes the longest search there is', async () => {
  expect((await api.get(`/api/conversations?searchValue=${encodeURIComponent('👍'.repeat(200))}`)).status).toBe(200);
});

test('has no more connections open than it may', async () => {
  const small = await startTestApi(database.connectionString, { limits: { ...LIMITS, maxConnections: 2 } });
  const first = await connectRaw(small.url);
  const second = await connectRaw(small.url);
  const third = await connectRaw(small.url);
  expect(await untilClosed(third)).toBe('');
  first.destroy();
  second.destroy();
  await eventually(async () => expect((await small.get('/livez')).status).toBe(200));
  await small.close();
});
