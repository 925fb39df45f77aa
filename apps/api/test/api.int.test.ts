import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { problem } from '@messaging/shared';
import { eventually } from '@messaging/shared/testing';
import pg from 'pg';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';

let database: TestDatabase;
let api: TestApi;
let admin: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString);
  admin = new pg.Client({ connectionString: database.connectionString });
  await admin.connect();
});

afterAll(async () => {
  await admin?.end();
  await api?.close();
  await database?.close();
});

test('is alive and ready', async () => {
  expect(await api.get('/livez')).toMatchObject({ status: 200 });
  expect(await api.get('/readyz')).toMatchObject({ status: 200 });
});

test('is not ready while a migration is missing, and names it', async () => {
  await admin.query("update schema_migrations set name = 'x' where name = '0003_messages'");
  const answer = await api.get<{ detail: string }>('/readyz');
  await admin.query("update schema_migrations set name = '0003_messages' where name = 'x'");
  expect(answer.status).toBe(503);
  expect(answer.body.detail).toContain('0003_messages');
  expect((await api.get('/readyz')).status).toBe(200);
});

test('keeps a sane request id and replaces any other', async () => {
  const kept = await api.get('/livez', { 'x-request-id': 'abc-123' });
  expect(kept.headers.get('x-request-id')).toBe('abc-123');
  const replaced = await api.get('/livez', { 'x-request-id': `${'x'.repeat(200)}` });
  expect(replaced.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('answers an unknown path with a problem that carries the request id', async () => {
  const answer = await api.get('/api/nothing');
  expect(answer.status).toBe(404);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(problem.parse(answer.body)).toMatchObject({
    code: 'not_found',
    requestId: answer.headers.get('x-request-id'),
  });
});

test('answers 400 for a path that cannot be decoded', async () => {
  expect(await api.get('/api/contacts/%zz')).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
});

test('answers a read whole whatever the client has, because it has no ETag', async () => {
  for (const path of ['/readyz', '/api/contacts']) {
    expect(await api.get(path, { 'if-none-match': '*' })).toMatchObject({ status: 200, body: expect.anything() });
  }
});

test('answers OPTIONS and other methods with Allow', async () => {
  const options = await fetch(`${api.url}/api/conversations`, { method: 'OPTIONS' });
  expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
  const put = await fetch(`${api.url}/api/conversations`, { method: 'PUT' });
  expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
});

test('answers a bug with 500, says nothing of the inside, and logs it with the request id', async () => {
  await admin.query('alter table contacts rename to hidden');
  const answer = await api.get('/api/contacts');
  await admin.query('alter table hidden rename to contacts');
  expect(answer).toMatchObject({ status: 500, body: { code: 'internal_error' } });
  expect(JSON.stringify(answer.body)).not.toMatch(/relation|select|contacts"/i);
  const logged = api.logLines.filter((line) => line.includes('request failed')).join('');
  expect(logged).toContain(problem.parse(answer.body).requestId);
});

test('answers 503 with Retry-After while the database refuses connections, and recovers', async () => {
  const name = new URL(database.connectionString).pathname.slice(1);
  const other = new pg.Client({ connectionString: withDatabase(database.connectionString, 'postgres') });
  await other.connect();
  try {
    await other.query(`alter database ${name} allow_connections false`);
    await other.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name = $2',
      [name, 'messaging-api'],
    );
    const answer = await api.get('/api/contacts');
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(answer.headers.get('retry-after')).toBe('1');
  } finally {
    await other.query(`alter database ${name} allow_connections true`);
    await other.end();
  }
  expect((await api.get('/api/contacts')).status).toBe(200);
});

test('finishes the request under way when it closes, and is gone after', async () => {
  const closing = await startTestApi(database.connectionString);
  await admin.query('begin; lock table contacts');
  const underWay = closing.get('/api/contacts');
  await untilWaiting();
  const closed = closing.close();
  await admin.query('commit');
  expect((await underWay).status).toBe(200);
  await closed;
  await expect(fetch(`${closing.url}/livez`)).rejects.toThrow();
});

test('answers 503 on /readyz during the drain delay', async () => {
  const draining = await startTestApi(database.connectionString, { drainDelayMs: 2_000 });
  const closed = draining.close();
  expect(await draining.get('/readyz')).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  await closed;
});

test('says that a port is taken and what to do', async () => {
  const port = Number(new URL(api.url).port);
  await expect(startTestApi(database.connectionString, { port })).rejects.toThrow(`Port ${port} is taken`);
});

test('gives up on a database that is not there, and says where to look', async () => {
  await expect(startTestApi('postgresql://postgres@127.0.0.1:1/none')).rejects.toThrow(
    /did not answer within 0 s.*DB_HOST/,
  );
});

async function untilWaiting(): Promise<void> {
  await eventually(async () => {
    // Databases cloned from one template have the same ids of tables.
    const { rows } = await admin.query(
      `select 1 from pg_locks where not granted and relation = 'contacts'::regclass
         and database = (select oid from pg_database where datname = current_database())`,
    );
    expect(rows).toHaveLength(1);
  });
}

function withDatabase(connectionString: string, name: string): string {
  const url = new URL(connectionString);
  url.pathname = `/${name}`;
  return url.href;
}
