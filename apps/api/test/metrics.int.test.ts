import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect as connectSocket, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { eventually } from '@messaging/shared/testing';
import { parseApiKeys } from '../src/access/api-keys.ts';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { get } from './raw-http.ts';
import { connect } from './support.ts';

const ACCESS = { localOnly: true, corsOrigins: [], trustProxy: false } as const;

let database: TestDatabase;
const apis: TestApi[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  for (const api of apis) await api.close();
  await database?.close();
});

/** An API of the test's own, so that its counters begin at 0. */
async function start(overrides?: Parameters<typeof startTestApi>[1]): Promise<TestApi> {
  const api = await startTestApi(database.connectionString, overrides);
  apis.push(api);
  return api;
}

async function scrape({ url }: TestApi): Promise<string> {
  const response = await fetch(`${url}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  return response.text();
}

/** A request is counted when its answer is gone, which may be a moment after it was read. */
const untilScrape = (api: TestApi, ...lines: string[]) =>
  eventually(async () => {
    const text = (await scrape(api)).split('\n');
    for (const line of lines) expect(text).toContain(line);
  });

const requests = (method: string, route: string, status: number, count: number) =>
  `messaging_http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"} ${count}`;

test('counts requests by route template, whatever their path', async () => {
  const api = await start();
  const { body } = await api.command<{ contact: { id: number } }>('create-contact', { name: 'A', phoneNumber: '+1' });
  for (const path of [`/api/contacts/${body.contact.id}`, '/api/contacts/999999', '/API/contacts/888888']) {
    await api.get(path);
  }
  await api.get('/api/contacts/none');
  await api.get('/api/contacts/777777/messages?pageSize=x');
  for (const path of ['/api/secret-1', '/secret-2', '/api/contacts/%zz', '/api/commands/secret-3']) await api.get(path);
  await api.get('/api/commands/send-message');
  await untilScrape(
    api,
    requests('POST', '/api/commands/create-contact', 201, 1),
    requests('GET', '/api/contacts/:contactId', 200, 1),
    requests('GET', '/api/contacts/:contactId', 404, 2),
    requests('GET', '/api/contacts/:contactId', 400, 1),
    requests('GET', '/api/contacts/:contactId/messages', 400, 1),
    requests('GET', '/api/commands/send-message', 405, 1),
    requests('GET', 'unknown', 404, 3),
    requests('GET', 'unknown', 400, 1),
    'messaging_http_requests_in_flight 1',
  );
  const routes = [...(await scrape(api)).matchAll(/,route="([^"]*)"/g)].map(([, route]) => route);
  expect(new Set(routes)).toEqual(
    new Set([
      '/api/commands/create-contact',
      '/api/commands/send-message',
      '/api/contacts/:contactId',
      '/api/contacts/:contactId/messages',
      '/metrics',
      'unknown',
    ]),
  );
});

test('counts a request whose client has left as one, and as no longer under way', async () => {
  const api = await start();
  const blocker = await connect(database);
  await blocker.query('begin; lock table contacts');
  const abort = new AbortController();
  const left = fetch(`${api.url}/api/contacts`, { signal: abort.signal }).catch(() => 'left');
  await untilScrape(api, 'messaging_http_requests_in_flight 2');
  abort.abort();
  expect(await left).toBe('left');
  await untilScrape(api, requests('GET', '/api/contacts', 499, 1), 'messaging_http_requests_in_flight 1');
  await blocker.query('rollback');
  await blocker.end();
});

test('shows the pools, the view, and the process', async () => {
  const api = await start();
  const text = await scrape(api);
  for (const pool of ['messaging-api', 'messaging-search', 'messaging-commands', 'messaging-import']) {
    for (const state of ['total', 'idle', 'waiting']) {
      expect(text).toMatch(
        new RegExp(`^messaging_db_pool_connections\\{pool="${pool}",state="${state}"\\} \\d+$`, 'm'),
      );
    }
  }
  expect(text).toContain('messaging_db_pool_connections{pool="messaging-probe",state="idle"} 1');
  expect(text).toContain('messaging_db_pool_size{pool="messaging-api"} 5');
  expect(text).toContain('messaging_database_up 1');
  expect(text).toMatch(/^messaging_pending_changes \d+$/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds [\d.e-]+$/m);
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
});

test('counts searches by path, known pages, replays and imported lines', async () => {
  const api = await start();
  const { body } = await api.command<{ contact: { id: number } }>('create-contact', { name: 'B', phoneNumber: '+2' });
  const contactId = body.contact.id;
  const headers = { 'idempotency-key': 'metrics' };
  for (let i = 0; i < 3; i++) await api.command('send-message', { contactId, content: 'hello there' }, headers);
  const lines = [
    { contactId, content: 'x', clientMessageId: 'm1' },
    { contactId, content: 'y', clientMessageId: 'm1' },
    1,
  ];
  await fetch(`${api.url}/api/commands/import-messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => JSON.stringify(line)).join('\n'),
  });
  let reads = 0;
  // A page stays known only while nobody writes, in whatever database of the server.
  await eventually(async () => {
    await api.get('/api/conversations');
    reads += 1;
    const counted = [
      ...(await scrape(api)).matchAll(/^messaging_known_pages_total\{outcome="(?:hit|miss)"\} (\d+)$/gm),
    ];
    const [hits = 0, misses = 0] = counted.map(([, count]) => Number(count));
    expect([hits > 0, misses > 0, hits + misses]).toEqual([true, true, reads]);
  });
  expect((await api.get('/api/conversations?searchValue=hello')).status).toBe(200);
  await untilScrape(
    api,
    'messaging_idempotent_replays_total{command="send-message"} 2',
    'messaging_imported_lines_total{outcome="imported"} 1',
    'messaging_imported_lines_total{outcome="duplicates"} 1',
    'messaging_imported_lines_total{outcome="rejected"} 1',
    'messaging_search_total{way="recent"} 0',
  );
  const text = await scrape(api);
  const answered = [...text.matchAll(/^messaging_search_total\{way="(\w+)"\} 1$/gm)].map(([, way]) => way);
  expect(answered).toHaveLength(1);
  expect(text).toContain(`messaging_search_duration_seconds_count{way="${answered[0]}"} 1`);
});

test('counts the requests that another’s read answered', async () => {
  const api = await start();
  const blocker = await connect(database);
  await blocker.query('begin; lock table contacts');
  const reads = Array.from({ length: 4 }, () => api.get('/api/contacts'));
  await untilScrape(api, 'messaging_http_requests_in_flight 5');
  await blocker.query('rollback');
  await blocker.end();
  await Promise.all(reads);
  await untilScrape(api, 'messaging_shared_reads_total 2'); // one is read, one begins the next, which two share
});

test('counts the requests that were too many', async () => {
  const api = await start({
    rateLimits: { readsPerMinute: 1, writesPerMinute: 0, redisUrl: undefined, prefix: 'metrics' },
  });
  for (const status of [200, 429, 429]) expect((await api.get('/api/contacts')).status).toBe(status);
  await untilScrape(
    api,
    'messaging_rate_limited_total{limit="reads"} 2',
    'messaging_rate_limited_total{limit="writes"} 0',
    requests('GET', 'unknown', 429, 2),
  );
});

test('is open without keys, and with them only to one that may read', async () => {
  const open = await start();
  const keys = ['reader:read', 'writer:write', 'admin:admin'].map((entry) => {
    const [name = '', scope] = entry.split(':');
    return `${name}:${createHash('sha256').update(name).digest('hex')}:${scope}`;
  });
  const guarded = await start({ access: { ...ACCESS, localOnly: false, keys: parseApiKeys(keys.join()).keys } });
  const status = async (api: TestApi, key?: string) => {
    const response = await fetch(`${api.url}/metrics`, { headers: key ? { authorization: `Bearer ${key}` } : {} });
    await response.arrayBuffer();
    return response.status;
  };
  expect(await status(open)).toBe(200);
  expect((await get(open.url, '/metrics', { host: 'evil.example' })).status).toBe(403);
  expect(await status(guarded)).toBe(401);
  expect(await status(guarded, 'unknown')).toBe(401);
  expect(await status(guarded, 'writer')).toBe(403);
  expect(await status(guarded, 'reader')).toBe(200);
  expect(await status(guarded, 'admin')).toBe(200);
});

test('answers while the database is silent, and says that it is', async () => {
  const target = new URL(database.connectionString);
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connectSocket(Number(target.port), target.hostname);
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) sockets.add(socket.on('error', () => {}));
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const url = new URL(database.connectionString);
  url.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const api = await startTestApi(url.href, {
    database: { connectionString: url.href, poolSize: 5, statementTimeoutMs: 1_000 },
  });
  await untilScrape(api, 'messaging_database_up 1');
  for (const socket of sockets) socket.unpipe().pause();
  const startedMs = performance.now();
  const text = await scrape(api);
  expect(performance.now() - startedMs).toBeLessThan(5_000);
  expect(text).toContain('messaging_database_up 0');
  expect(text).not.toMatch(/^messaging_(pending_changes|view_age_seconds) /m);
  for (const socket of sockets) socket.destroy();
  proxy.close();
  await api.close();
});
