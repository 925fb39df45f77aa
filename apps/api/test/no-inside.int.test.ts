import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { problem } from '@messaging/shared';
import pg from 'pg';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';

/** Stacks, SQL, names of ours or of libraries, versions. */
const INSIDE =
  /\bat .+:\d+|\.[jt]s\b|node_modules|node:|select |insert |relation|column|contacts_|pg_|postgres|syntax|zod|express|pino|\d+\.\d+\.\d+/i;
const STANDARD_HEADERS = /^(content|cross-origin|referrer|strict-transport|x-(content|frame)-)/;

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

interface Failure {
  what: string;
  status: number;
  ask: () => Promise<{ status: number; headers: Headers; body: unknown }>;
  /** What is broken in the database meanwhile, and how it is mended. */
  broken?: [string, string];
}

const RENAMED: [string, string] = ['alter table contacts rename to hidden', 'alter table hidden rename to contacts'];
const FAILING: [string, string] = [
  "alter table contacts add constraint broken check (name <> 'Ada')",
  'alter table contacts drop constraint broken',
];
const ADA = { name: 'Ada', phoneNumber: '1' };

const failures: Failure[] = [
  { what: 'a table that is gone', status: 500, broken: RENAMED, ask: () => api.get('/api/contacts') },
  {
    what: 'a table that is gone, in a command',
    status: 500,
    broken: RENAMED,
    ask: () => api.command('create-contact', ADA),
  },
  {
    what: 'a constraint that nobody expects',
    status: 500,
    broken: FAILING,
    ask: () => api.command('create-contact', ADA),
  },
  {
    what: 'a search of a table that is gone',
    status: 500,
    broken: RENAMED,
    ask: () => api.get('/api/conversations?searchValue=ada'),
  },
  { what: 'a broken body', status: 400, ask: () => api.command('create-contact', '{"name":') },
  {
    what: 'a wrong charset',
    status: 415,
    ask: () => api.command('create-contact', '{}', { 'content-type': 'application/json; charset=x' }),
  },
  {
    what: 'a wrong encoding',
    status: 415,
    ask: () => api.command('create-contact', '{}', { 'content-encoding': 'x' }),
  },
  { what: 'a body too large', status: 413, ask: () => api.command('create-contact', `"${'x'.repeat(7_000_000)}"`) },
  { what: 'a path that cannot be decoded', status: 400, ask: () => api.get('/api/contacts/%zz') },
  { what: 'a wrong parameter', status: 400, ask: () => api.get('/api/contacts?page=0') },
  { what: 'an unknown contact', status: 404, ask: () => api.get('/api/contacts/99999') },
  { what: 'an unknown route', status: 404, ask: () => api.get('/nothing') },
];

test.each(failures)('says nothing of the inside about $what', async ({ status, broken, ask }) => {
  if (broken) await admin.query(broken[0]);
  const answer = await ask().finally(async () => broken && (await admin.query(broken[1])));
  expect(answer.status).toBe(status);
  const { type, requestId, ...said } = problem.parse(answer.body);
  expect(JSON.stringify(said)).not.toMatch(INSIDE);
  for (const [name, value] of answer.headers) {
    if (!STANDARD_HEADERS.test(name) && !['date', 'x-request-id'].includes(name)) expect(value).not.toMatch(INSIDE);
  }
  expect([answer.headers.get('x-powered-by'), answer.headers.get('server')]).toEqual([null, null]);
});
