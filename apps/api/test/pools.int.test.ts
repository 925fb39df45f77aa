import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { connect } from './support.ts';

const ON_PRIMARY = ['api', 'changes', 'commands', 'export', 'import', 'probe', 'search'].map(
  (name) => `messaging-${name}`,
);
const ON_REPLICA = [
  'messaging-primary-watch',
  'messaging-replica',
  'messaging-replica-search',
  'messaging-replica-watch',
];

let database: TestDatabase;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  const { connectionString } = database; // which follows no primary, so it is watched and not read from
  api = await startTestApi(connectionString, { replica: { connectionString, maxLagMs: 10_000 } });
});

afterAll(async () => {
  await api?.close();
  await database?.close();
});

test('every pool is in the metrics, those of the replica too', async () => {
  const text = await (await fetch(`${api.url}/metrics`)).text();
  for (const name of ['messaging_db_pool_size', 'messaging_db_pool_connections']) {
    const pools = [...text.matchAll(new RegExp(`^${name}\\{pool="([^"]+)"`, 'gm'))].map(([, pool]) => pool);
    expect([...new Set(pools)].sort()).toEqual([...ON_PRIMARY, ...ON_REPLICA].sort());
  }
});

test('every pool has its own name in PostgreSQL', async () => {
  for (const path of ['/api/contacts', '/api/conversations?searchValue=a']) {
    expect((await api.get(path)).status).toBe(200);
  }
  const client = await connect(database);
  const { rows } = await client.query<{ name: string }>(
    "select distinct application_name as name from pg_stat_activity where datname = current_database() and application_name like 'messaging-%'",
  );
  await client.end();
  const names = rows.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['messaging-api', 'messaging-search', 'messaging-probe']));
  expect([...ON_PRIMARY, ...ON_REPLICA]).toEqual(expect.arrayContaining(names));
});
