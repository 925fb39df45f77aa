import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { problem } from '@messaging/shared';
import { eventually } from '@messaging/shared/testing';
import { parseApiKeys } from '../src/access/api-keys.ts';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { get } from './raw-http.ts';

const KEYS = { reader: 'reader-key-1', writer: 'writer-key-2', both: 'both-key-3', admin: 'admin-key-4' };
const SCOPES = { reader: 'read', writer: 'write', both: 'read+write', admin: 'admin' };
const ACCESS = { localOnly: false, corsOrigins: ['https://app.example'], trustProxy: false } as const;
const CONTACT = { name: 'Ada', phoneNumber: '+1 555 0100' };

let database: TestDatabase;
let api: TestApi;
let open: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  const names = Object.keys(KEYS) as (keyof typeof KEYS)[];
  const text = names.map((name) => `${name}:${sha256(KEYS[name])}:${SCOPES[name]}`).join();
  api = await startTestApi(database.connectionString, { access: { ...ACCESS, keys: parseApiKeys(text).keys } });
  open = await startTestApi(database.connectionString);
});

afterAll(async () => {
  await open?.close();
  await api?.close();
  await database?.close();
});

const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

test.each([
  ['none', {}],
  ['a wrong one', bearer('reader-key-2')],
  ['the hash of one', bearer(sha256(KEYS.reader))],
  ['another scheme', { authorization: `Basic ${KEYS.reader}` }],
  ['an empty one', { 'x-api-key': '' }],
  ['two at once', { 'x-api-key': `${KEYS.reader}, ${KEYS.reader}` }],
])('answers 401 to a request with %s', async (_what, headers) => {
  for (const path of ['/api/conversations', '/api/contacts/1', '/api/nothing', '/API/contacts', '/api/contacts/%zz']) {
    const answer = await api.get(path, headers);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(problem.parse(answer.body)).toMatchObject({ code: 'unauthorized' });
  }
  expect((await api.command('create-contact', CONTACT, headers)).status).toBe(401);
  expect((await api.command('nothing', {}, headers)).status).toBe(401);
});

test.each([
  ['reader', 200, 403],
  ['writer', 403, 201],
  ['both', 200, 201],
  ['admin', 200, 201],
] as const)('%s gets %i for a read and %i for a command', async (name, readStatus, writeStatus) => {
  for (const headers of [bearer(KEYS[name]), { 'x-api-key': KEYS[name] }, { authorization: `bearer  ${KEYS[name]}` }]) {
    expect((await api.get('/api/contacts', headers)).status).toBe(readStatus);
    expect((await api.command('create-contact', CONTACT, headers)).status).toBe(writeStatus);
  }
});

test('refuses with a problem before it says whether there is such a route', async () => {
  const refused = await api.command('nothing', {}, bearer(KEYS.reader));
  expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  expect((await api.command('nothing', {}, bearer(KEYS.writer))).status).toBe(404);
});

test('answers probes without a key', async () => {
  expect((await api.get('/livez')).status).toBe(200);
  expect((await api.get('/readyz')).status).toBe(200);
});

test('logs whose key it was and never the key', async () => {
  await api.get('/api/contacts', bearer(KEYS.reader));
  await api.get('/api/contacts', { 'x-api-key': 'wrong-key-5' });
  await eventually(() => expect(api.logLines.join('')).toContain('"client":"reader"'));
  const text = api.logLines.join('');
  expect(text).toContain('API keys are required');
  for (const key of [...Object.values(KEYS), 'wrong-key-5', sha256(KEYS.reader)]) expect(text).not.toContain(key);
});

test('without keys it serves loopback, says so, and answers to no other name', async () => {
  expect(open.logLines.join('')).toContain('only loopback is served');
  const { port } = new URL(open.url);
  const status = async (host: string) => (await get(open.url, '/api/contacts', { host })).status;
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, 'LOCALHOST']) {
    expect(await status(host)).toBe(200);
  }
  for (const host of [`evil.example:${port}`, 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1']) {
    expect(await status(host)).toBe(403);
  }
});

test('sends headers for browsers and caches, and none that says what it is', async () => {
  for (const path of ['/api/contacts', '/livez', '/nothing']) {
    const { headers } = await open.get(path);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect([headers.get('x-powered-by'), headers.get('server')]).toEqual([null, null]);
  }
});

test('answers a preflight of a known origin without a key, and exposes our headers', async () => {
  const preflight = await ask('OPTIONS', 'https://app.example', { 'access-control-request-method': 'POST' });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.example');
  expect(preflight.headers.get('access-control-allow-headers')).toContain('X-API-Key');
  const read = await ask('GET', 'https://app.example', bearer(KEYS.reader));
  expect(read.headers.get('access-control-expose-headers')).toContain('View-Pending-Changes');
  expect(read.headers.get('vary')).toContain('Origin');
  const refused = await ask('GET', 'https://app.example');
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, 'https://app.example']);
});

test('allows no other origin, and none where none is set', async () => {
  const other = await ask('GET', 'https://app.example.evil', bearer(KEYS.reader));
  expect(other.headers.get('access-control-allow-origin')).toBeNull();
  const off = await open.get('/api/contacts', { origin: 'https://app.example' });
  expect(off.headers.get('access-control-allow-origin')).toBeNull();
});

function ask(method: string, origin: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${api.url}/api/conversations`, { method, headers: { origin, ...headers } });
}

test('an Idempotency-Key of one client says nothing of the same key of another', async () => {
  const answers = [];
  for (const key of [KEYS.writer, KEYS.admin]) {
    const headers = { ...bearer(key), 'idempotency-key': 'shared-by-chance' };
    answers.push(await api.command<{ contact: { id: number } }>('create-contact', CONTACT, headers));
  }
  expect(answers.map(({ status, headers }) => [status, headers.get('idempotency-replayed')])).toEqual([
    [201, null],
    [201, null],
  ]);
  expect(answers[0]?.body.contact.id).not.toBe(answers[1]?.body.contact.id);
});
