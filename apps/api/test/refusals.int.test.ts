import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { problem } from '@messaging/shared';
import { startTestApi } from '../src/testing/start-test-api.ts';
import { send } from './raw-http.ts';

let database: TestDatabase;
const cleanUps: (() => Promise<void>)[] = [];

beforeAll(async () => {
  database = await createTestDatabase(); // without the tables of a queue
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

afterAll(() => database?.close());

async function start(redisUrl?: string): Promise<string> {
  const api = await startTestApi(database.connectionString, {
    queueDashboard: { enabled: true, redisUrl, prefix: 'refusals-test' },
  });
  cleanUps.push(api.close);
  return api.url;
}

test('CONNECT is told which methods there are', async () => {
  const answer = await send(await start(), 'CONNECT example.org:443 HTTP/1.1\r\nhost: localhost\r\n\r\n');
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST, OPTIONS']);
});

test.each([
  ['fails', undefined],
  ['does not answer in time', 'redis://127.0.0.1:9'],
])('the dashboard of a queue that %s answers with a problem that says when to try again', async (_what, redisUrl) => {
  const answer = await fetch(`${await start(redisUrl)}/admin/queues/api/queues`);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(problem.parse(await answer.json())).toMatchObject({
    status: 503,
    code: 'unavailable',
    detail: 'The queue does not answer.',
  });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
});

test('the dashboard takes a body that cannot be read for a mistake of the caller', async () => {
  const lines = ['GET /admin/queues/api/queues HTTP/1.1', 'host: localhost', 'connection: close'];
  const request = [...lines, 'content-type: application/json', 'content-length: 1', '', '{'].join('\r\n');
  const answer = await send(await start('redis://127.0.0.1:9'), request);
  expect(problem.parse(answer.body)).toMatchObject({ status: 400, code: 'invalid_input' });
});
