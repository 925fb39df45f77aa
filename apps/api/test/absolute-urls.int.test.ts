import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { eventually } from '@messaging/shared/testing';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { get } from './raw-http.ts';

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

test('a first request with its host in the URL does not give its route another name in the metrics', async () => {
  const absolute = await get(api.url, 'http://localhost/api/contacts', { host: 'localhost' });
  expect([absolute.status, (await api.get('/api/contacts')).status]).toEqual([200, 200]);
  await eventually(async () => {
    const text = await (await fetch(`${api.url}/metrics`)).text();
    expect(text).toContain(
      'messaging_http_request_duration_seconds_count{method="GET",route="/api/contacts",status="200"} 2',
    );
  });
});
