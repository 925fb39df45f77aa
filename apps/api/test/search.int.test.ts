import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { conversationsPage } from '@messaging/shared';
import { eventually } from '@messaging/shared/testing';
import pg from 'pg';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';

let database: TestDatabase;
let api: TestApi;
let blocker: pg.Client;
/** Apart from the blocker: a transaction goes on seeing the activity it saw first. */
let observer: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(database.connectionString, { search: { poolSize: 1, timeoutMs: 3_000 } });
  observer = new pg.Client({ connectionString: database.connectionString });
  await observer.connect();
  await api.command('create-contact', { name: 'Ada', phoneNumber: '+1 555 0100' });
  await api.command('send-message', { contactId: 1, content: 'needle' });
});

afterAll(async () => {
  await observer?.end();
  await api?.close();
  await database?.close();
});

beforeEach(async () => {
  blocker = new pg.Client({ connectionString: database.connectionString });
  await blocker.connect();
});

afterEach(() => blocker.end());

/** Every search looks at this table, so that this keeps it waiting. */
const holdSearches = () => blocker.query('begin; lock table unsegmented_contacts in access exclusive mode');

const searchesWaiting = async () => {
  const { rows } = await observer.query(
    "select 1 from pg_stat_activity where application_name like 'messaging-search%' and datname = current_database() and state = 'active'",
  );
  return rows.length;
};

test('a search whose client goes away is cancelled in PostgreSQL', async () => {
  const search = { poolSize: 1, timeoutMs: 60_000 };
  const patient = await startTestApi(database.connectionString, { search });
  await holdSearches();
  const client = new AbortController();
  const answer = fetch(`${patient.url}/api/conversations?searchValue=needle`, { signal: client.signal });
  await eventually(async () => expect(await searchesWaiting()).toBe(1));
  client.abort();
  await expect(answer).rejects.toThrow();
  // Far sooner than the timeout of 60 s would.
  await eventually(async () => expect(await searchesWaiting()).toBe(0), { timeoutMs: 10_000 });
  await eventually(() => expect(patient.logLines.join('')).toContain('client left before its answer'));
  expect(patient.logLines.join('')).not.toContain('request failed');
  await patient.close();
});

test('a search that takes too long is a 503, never a part of the list', async () => {
  await holdSearches();
  const answer = await api.get('/api/conversations?searchValue=needle');
  expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  expect(answer.headers.get('retry-after')).toBe('1');
});

test('a search that waits holds up neither lists nor commands', async () => {
  await holdSearches();
  const waiting = api.get('/api/conversations?searchValue=needle');
  await eventually(async () => expect(await searchesWaiting()).toBe(1));
  expect((await api.get('/api/conversations')).status).toBe(200);
  expect((await api.command('update-contact', { contactId: 1, name: 'Ada L.' })).status).toBe(200);
  await blocker.query('commit');
  expect((await waiting).status).toBe(200);
});

test.each([
  ['200 characters', 'x'.repeat(200)],
  ['200 characters outside the basic plane', '👍'.repeat(200)],
  ['one letter again and again', 'aaaaaaaaaa'],
  ['wildcards', '%_%_%'],
  ['a backslash at the end', 'needle\\'],
  ['quotes', `'"; drop table contacts; --`],
])('answers a term of %s', async (_what, term) => {
  const answer = await api.get(`/api/conversations?searchValue=${encodeURIComponent(term)}`);
  expect(answer.status).toBe(200);
  conversationsPage.parse(answer.body);
});

test.each([
  ['201 characters', 'x'.repeat(201)],
  ['NUL', '%00'],
  ['nothing but a combining accent', '%CC%81'],
  ['nothing but accents and spaces', '%CC%81%20%CC%80'],
])('refuses a term of %s', async (_what, term) => {
  const answer = await api.get(`/api/conversations?searchValue=${term}`);
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'searchValue' }] } });
});
