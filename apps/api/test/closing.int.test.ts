import { once } from 'node:events';
import { Agent, get, type IncomingMessage, request } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { eventually } from '@messaging/shared/testing';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { connectRaw, untilClosed } from './raw-http.ts';
import { connect, countMessages, type TestClient } from './support.ts';

/** The defaults: longer than a test, and than a shutdown, may take. */
const LIMITS = { maxConnections: 1_000, headersTimeoutMs: 20_000, bodyTimeoutMs: 30_000, keepAliveTimeoutMs: 65_000 };

let database: TestDatabase;
let api: TestApi;
let db: TestClient;

beforeEach(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString, { limits: LIMITS });
  db = await connect(database);
  await db.query("insert into contacts (name, phone_number) values ('Ada', '+1 555 1')");
});

afterEach(async () => {
  await api.close();
  await db.end();
  await database.close();
});

test('a connection that becomes idle while the service closes is closed', async () => {
  const agent = new Agent({ keepAlive: true });
  await db.query('begin; lock table contacts');
  const underWay = once(get(`${api.url}/api/contacts`, { agent }), 'response');
  await db.untilSomeoneWaits();
  const closed = api.close();
  await eventually(() => expect(fetch(`${api.url}/livez`)).rejects.toThrow()); // it does not listen any more
  await db.query('commit');
  const [response] = (await underWay) as [IncomingMessage];
  expect([response.statusCode, response.headers.connection]).toEqual([200, 'keep-alive']); // it began before
  response.resume();
  await closed;
  agent.destroy();
});

test('a connection on which nothing was asked, or only half a request, does not keep the service from closing', async () => {
  const silent = untilClosed(await connectRaw(api.url));
  const socket = await connectRaw(api.url);
  const half = untilClosed(socket);
  socket.write('GET /livez HTTP/1.1\r\nhost: localh');
  await api.get('/livez'); // after which the server has both
  await api.close();
  expect([await silent, await half]).toEqual(['', '']);
});

test.each([
  [{}, 'from 5001 on'],
  [{ 'idempotency-key': 'slow' }, 'Send the same body again with the same Idempotency-Key'],
])(
  'an import that comes slowly ends when the service closes, and says where, and how to go on (%j)',
  async (key, howToGoOn) => {
    const headers = { 'content-type': 'application/x-ndjson', ...key };
    const upload = request(`${api.url}/api/commands/import-messages`, { method: 'POST', headers });
    upload.on('error', () => {}); // the connection is closed with the answer
    const answered = once(upload, 'response');
    const line = `${JSON.stringify({ contactId: 1, content: 'x' })}\n`;
    upload.write(line.repeat(5_003));
    await eventually(async () => expect(await countMessages(database)).toBe(5_000));
    const closed = api.close();
    const [response] = await answered;
    const problem = JSON.parse((await response.toArray()).join(''));
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '1']);
    expect(problem.detail).toContain('after line 5000: 5000 imported');
    expect(problem.detail).toContain(howToGoOn);
    await closed;
    expect(await countMessages(database)).toBe(5_000);
    upload.destroy();
  },
);

test('an import before whose first batch the service closes is answered too', async () => {
  const headers = { 'content-type': 'application/x-ndjson' };
  const upload = request(`${api.url}/api/commands/import-messages`, { method: 'POST', headers });
  upload.on('error', () => {});
  const answered = once(upload, 'response');
  upload.write(`${JSON.stringify({ contactId: 1, content: 'x' })}\n`);
  await eventually(async () => {
    const metrics = await (await fetch(`${api.url}/metrics`)).text();
    expect(metrics).toMatch(/^messaging_request_body_bytes [1-9]/m); // it has the line
  });
  const closed = api.close();
  const [response] = await answered;
  expect(response.statusCode).toBe(503);
  expect(JSON.parse((await response.toArray()).join('')).detail).toBe('The service is closing.');
  await closed;
  expect(await countMessages(database)).toBe(0);
});

test('/readyz says when to ask again while the service closes, whatever the method', async () => {
  const draining = await startTestApi(database.connectionString, { drainDelayMs: 1_000 });
  expect((await fetch(`${draining.url}/readyz`, { method: 'POST' })).status).toBe(405);
  const closed = draining.close();
  const answers = await Promise.all(
    ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'].map((method) =>
      fetch(`${draining.url}/readyz`, { method }),
    ),
  );
  for (const { status, headers } of answers) expect([status, headers.get('retry-after')]).toEqual([503, '1']);
  await closed;
});

test('a check of /readyz that began before the service closes says 503 when it ends after', async () => {
  const draining = await startTestApi(database.connectionString, { drainDelayMs: 1_000 });
  await db.query('begin; lock table schema_migrations');
  const probes = [draining.get('/readyz'), draining.get('/readyz')];
  await db.untilSomeoneWaits();
  const closed = draining.close();
  await db.query('commit');
  expect(new Set((await Promise.all(probes)).map(({ status }) => status))).toEqual(new Set([503]));
  await closed;
});
