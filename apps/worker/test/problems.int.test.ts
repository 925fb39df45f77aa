import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { problem } from '@messaging/shared';
import { startTestWorker, type TestWorker } from '../src/testing/start-test-worker.ts';

// biome-ignore lint/style/noProcessEnv: the test run tells its workers by this variable where the services are
const redisUrl = process.env.TEST_REDIS_URL;

let database: TestDatabase;
let worker: TestWorker;

beforeAll(async () => {
  database = await createTestDatabase();
  worker = await startTestWorker(database.connectionString, redisUrl);
});

afterAll(async () => {
  await worker?.close();
  await database?.close();
});

const ask = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${worker.port}${path}`, init);

test.each([
  ['/nothing', 'GET', { status: 404, code: 'not_found' }],
  ['/livez', 'POST', { status: 405, code: 'method_not_allowed' }],
])('%s %s is answered with a problem of the contract', async (path, method, expected) => {
  const answer = await ask(path, { method, headers: { 'x-request-id': 'mine-1' } });
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(problem.parse(await answer.json())).toMatchObject({ ...expected, requestId: 'mine-1' });
  expect([answer.status, answer.headers.get('x-request-id')]).toEqual([expected.status, 'mine-1']);
});

test('every answer carries a request id, and an id that is not sane is replaced', async () => {
  for (const path of ['/livez', '/readyz', '/metrics']) {
    const answer = await ask(path, { headers: { 'x-request-id': 'x'.repeat(200) } });
    await answer.text();
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test('a probe that closes its sending side is answered', async () => {
  const socket = connect({ host: '127.0.0.1', port: worker.port, allowHalfOpen: true });
  await once(socket, 'connect');
  socket.end('GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n');
  expect(Buffer.concat(await socket.toArray()).toString()).toMatch(/^HTTP\/1\.1 (200|503) /);
});
