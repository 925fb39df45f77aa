import { createHash } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { createTestDatabase } from '@messaging/db/testing';
import { problem } from '@messaging/shared';
import { eventually } from '@messaging/shared/testing';
import { runMigrations } from 'bullmq';
import pg from 'pg';
import type { AccessConfig } from '../src/access/access-env.ts';
import { parseApiKeys } from '../src/access/api-keys.ts';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';

// biome-ignore lint/style/noProcessEnv: the test run tells its workers by this variable where the services are
const redisUrl = process.env.TEST_REDIS_URL;
const KEYS = ['reader:read', 'operator:admin'].map((entry) => {
  const [name = '', scope] = entry.split(':');
  return `${name}:${createHash('sha256').update(name).digest('hex')}:${scope}`;
});
const ACCESS: AccessConfig = {
  localOnly: false,
  corsOrigins: [],
  trustProxy: false,
  keys: parseApiKeys(KEYS.join()).keys,
};
const PATH = '/admin/queues';

const cleanUps: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(enabled: boolean, access = ACCESS, queueUrl = redisUrl): Promise<TestApi> {
  const database = await createTestDatabase();
  cleanUps.push(database.close);
  const client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
  if (!queueUrl) await runMigrations(client); // as the worker does
  await client.end();
  const queueDashboard = { enabled, redisUrl: queueUrl, prefix: 'dashboard-test' };
  const api = await startTestApi(database.connectionString, { access, queueDashboard });
  cleanUps.push(api.close);
  return api;
}

const basic = (key: string) => ({ authorization: `Basic ${Buffer.from(`anyone:${key}`).toString('base64')}` });
const ask = ({ url }: TestApi, path = '', init: RequestInit = {}) => fetch(`${url}${PATH}${path}`, init);

test('is not there unless it is turned on', async () => {
  const api = await start(false);
  expect((await ask(api, '', { headers: basic('operator') })).status).toBe(404);
});

test('asks a browser for a key, and is served to one with the scope admin alone', async () => {
  const api = await start(true);
  for (const path of ['', '/', '/api/queues', '/static/favicon.ico']) {
    const refused = await ask(api, path);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Basic realm="messaging", charset="UTF-8"');
    expect((await ask(api, path, { headers: basic('unknown') })).status).toBe(401);
    expect((await ask(api, path, { headers: basic('reader') })).status).toBe(403);
    expect((await ask(api, path, { headers: basic('operator') })).status).toBe(200);
  }
  expect((await ask(api, '/', { headers: { authorization: 'Bearer operator' } })).status).toBe(200);
  expect((await fetch(`${api.url}/api/contacts`, { headers: basic('operator') })).status).toBe(401);
});

test('has everything it runs from our own origin, under a policy that allows no other', async () => {
  const api = await start(true);
  const page = await ask(api, '/', { headers: basic('operator') });
  const policy = page.headers.get('content-security-policy');
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toMatch(/https?:|\*/);
  const html = await page.text();
  const scripts = [...html.matchAll(/<script[^>]* src="([^"]+)"/g)].map(([, source]) => source);
  expect(scripts.length).toBeGreaterThan(0);
  for (const source of scripts) {
    const script = await ask(api, `/${source}`, { headers: basic('operator') });
    expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
  }
  expect((await ask(api, '', { headers: basic('operator') })).headers.get('content-security-policy')).toBe(policy);
  expect((await fetch(`${api.url}/livez`)).headers.get('content-security-policy')).toContain("default-src 'none'");
});

test('shows the queue of refreshes, and changes nothing', async () => {
  const api = await start(true);
  const shown = await eventually(async () => {
    const answer = await ask(api, '/api/queues', { headers: basic('operator') });
    expect(answer.status).toBe(200);
    return (await answer.json()) as { queues: { name: string; readOnlyMode: boolean }[] };
  });
  expect(shown.queues).toEqual([expect.objectContaining({ name: 'refresh', readOnlyMode: true })]);
  for (const path of ['/api/queues/refresh/pause', '/api/queues/refresh/obliterate', '/api/queues/refresh/add']) {
    for (const method of ['PUT', 'POST', 'DELETE']) {
      expect((await ask(api, path, { method, headers: basic('operator') })).status).toBe(405);
    }
  }
});

test('says nothing of the inside when the queue is away, which keeps nothing else from working', async () => {
  const api = await start(true, { ...ACCESS, keys: [], localOnly: true }, 'redis://127.0.0.1:9');
  const answer = await ask(api, '/api/queues');
  expect(answer.status).toBe(503);
  expect(problem.parse(await answer.json())).toMatchObject({ detail: 'The queue does not answer.' });
  expect((await api.get('/api/contacts')).status).toBe(200);
});
