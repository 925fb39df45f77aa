import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import type { AccessConfig } from '../src/access/access-env.ts';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';

const ORIGIN = 'https://app.example';
/** What a script may read without being told (Fetch, "CORS-safelisted response-header name"). */
const SAFELISTED = /^(cache-control|content-(language|length|type)|expires|last-modified|pragma)$/i;

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  const access: AccessConfig = { keys: [], localOnly: true, corsOrigins: [ORIGIN], trustProxy: false };
  api = await startTestApi(database.connectionString, { access });
});

afterAll(async () => {
  await api?.close();
  await database?.close();
});

test('a page of another origin may read every header that the API describes', async () => {
  const { body } = await api.get<{ components: { headers: Record<string, unknown> } }>('/openapi.json');
  const described = Object.keys(body.components.headers).filter((name) => !SAFELISTED.test(name));
  const { headers } = await api.get('/api/conversations', { origin: ORIGIN });
  const exposed = (headers.get('access-control-expose-headers') ?? '').split(',');
  expect(described).toContain('Replica-Lag-Ms');
  expect(exposed.sort()).toEqual(described.sort());
});
