import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { problem } from '@messaging/shared';
import { eventually } from '@messaging/shared/testing';
import type { TrustProxy } from '../src/access/access-env.ts';
import { parseApiKeys } from '../src/access/api-keys.ts';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';

// biome-ignore lint/style/noProcessEnv: the test run tells its workers by this variable where the services are
const redisUrl = process.env.TEST_REDIS_URL;
const LIMIT = 3;

let database: TestDatabase;
const apis: TestApi[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});

afterEach(async () => {
  for (const api of apis.splice(0)) await api.close();
});

afterAll(() => database?.close());

interface Settings {
  keys?: string;
  readsPerMinute?: number;
  trustProxy?: TrustProxy;
  redis?: string;
  prefix?: string;
  redisTimeoutMs?: number;
}

async function start({
  keys = '',
  trustProxy = false,
  redis,
  prefix = 'test',
  readsPerMinute = LIMIT,
  ...patience
}: Settings): Promise<TestApi> {
  const api = await startTestApi(database.connectionString, {
    access: { keys: parseApiKeys(keys).keys, localOnly: true, corsOrigins: [], trustProxy },
    rateLimits: { readsPerMinute, writesPerMinute: 1, redisUrl: redis, prefix, ...patience },
    queueDashboard: { enabled: true, redisUrl: 'redis://127.0.0.1:1', prefix: 'test' },
  });
  apis.push(api);
  return api;
}

const entry = (name: string) => `${name}:${createHash('sha256').update(name).digest('hex')}:read`;

/** Reads until it is refused, and says how many were answered. */
async function readUntilRefused(api: TestApi, headers: Record<string, string> = {}): Promise<number> {
  for (let answered = 0; answered <= 10; answered += 1) {
    const { status } = await api.get('/api/contacts', headers);
    if (status === 429) return answered;
    expect(status).toBe(200);
  }
  throw new Error('nothing was refused');
}

test('answers 429 with a problem and the time to wait; commands have a limit of their own, probes none', async () => {
  const api = await start({});
  expect(api.logLines.join('')).toContain('memory of this process');
  const first = await api.get('/api/contacts');
  expect(first.headers.get('ratelimit')).toMatch(/^"reads"; r=2; t=\d+$/);
  expect(first.headers.get('ratelimit-policy')).toMatch(/^"reads"; q=3; w=60; pk=:[\w+/=]+:$/);
  expect(await readUntilRefused(api)).toBe(LIMIT - 1);

  const refused = await api.get('/api/nothing');
  expect(refused.status).toBe(429);
  expect(problem.parse(refused.body).code).toBe('rate_limited');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  expect(refused.headers.get('ratelimit')).toMatch(/^"reads"; r=0; t=\d+$/);

  const contact = { name: 'Ada', phoneNumber: '1' };
  expect((await api.command('create-contact', contact)).status).toBe(201);
  expect((await api.command('create-contact', contact)).status).toBe(429);
  expect((await api.get('/livez')).status).toBe(200);
});

test('counts each client by its key, and who has none by address', async () => {
  const api = await start({ keys: [entry('one'), entry('two')].join() });
  expect(await readUntilRefused(api, { 'x-api-key': 'one' })).toBe(LIMIT);
  expect(await readUntilRefused(api, { authorization: 'Bearer two' })).toBe(LIMIT);
  const guesses: number[] = [];
  for (let guess = 0; guess <= LIMIT; guess += 1) {
    guesses.push((await api.get('/api/contacts', { 'x-api-key': `guess ${guess}` })).status);
  }
  expect(guesses).toEqual([401, 401, 401, 429]);
});

const guessOf = (guess: number) => ({
  authorization: `Basic ${btoa(`x:guess-${guess}`)}`,
  'x-api-key': `guess-${guess}`,
});

async function guess(api: TestApi, path: string, guesses: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < guesses; i += 1) statuses.push((await fetch(api.url + path, { headers: guessOf(i) })).status);
  return statuses;
}

test.each(['/metrics', '/admin/queues', '/admin/queues/api/queues', '/api/contacts', '/api/nothing'])(
  'limits who tries keys at %s, and not who has one',
  async (path) => {
    const api = await start({ keys: entry('one') });
    expect(await guess(api, path, LIMIT + 1)).toEqual([401, 401, 401, 429]);
    for (let scrape = 0; scrape < 2 * LIMIT; scrape += 1) {
      expect((await fetch(`${api.url}/metrics`, { headers: { 'x-api-key': 'one' } })).status).toBe(200);
    }
    expect(await guess(api, '/metrics', 1)).toEqual([429]);
  },
);

test('limits who tries keys also where reads have no limit', async () => {
  const api = await start({ keys: entry('one'), readsPerMinute: 0 });
  const statuses = [...(await guess(api, '/metrics', 60)), ...(await guess(api, '/api/contacts', 60))];
  expect(statuses.filter((status) => status === 401)).toHaveLength(100);
  expect(statuses.slice(100)).toEqual(Array(20).fill(429));
  expect((await fetch(`${api.url}/api/contacts`)).status).toBe(401); // without a key nothing is tried
  expect((await api.get('/api/contacts', { 'x-api-key': 'one' })).status).toBe(200);
});

test('believes nobody’s X-Forwarded-For unless it is told to', async () => {
  const api = await start({});
  await readUntilRefused(api, { 'x-forwarded-for': '192.0.2.1' });
  expect((await api.get('/api/contacts', { 'x-forwarded-for': '192.0.2.2' })).status).toBe(429);
});

test.each<[TrustProxy]>([[1], [['loopback']]])(
  'counts the address that the proxy saw with TRUST_PROXY %j',
  async (trustProxy) => {
    const api = await start({ trustProxy });
    await readUntilRefused(api, { 'x-forwarded-for': '192.0.2.1' });
    expect((await api.get('/api/contacts', { 'x-forwarded-for': '192.0.2.2' })).status).toBe(200);
    // What stands left of it came from the client itself.
    expect((await api.get('/api/contacts', { 'x-forwarded-for': '192.0.2.9, 192.0.2.1' })).status).toBe(429);
  },
);

test('counts what one household has of IPv6 as one, and an IPv4 address however it is written', async () => {
  const api = await start({ trustProxy: 1 });
  await readUntilRefused(api, { 'x-forwarded-for': '2001:db8:0:100::1' });
  expect((await api.get('/api/contacts', { 'x-forwarded-for': '2001:db8:0:1ff:9::2' })).status).toBe(429);
  expect((await api.get('/api/contacts', { 'x-forwarded-for': '2001:db8:0:200::1' })).status).toBe(200);
  await readUntilRefused(api, { 'x-forwarded-for': '::ffff:192.0.2.1' });
  expect((await api.get('/api/contacts', { 'x-forwarded-for': '192.0.2.1' })).status).toBe(429);
  expect((await api.get('/api/contacts', { 'x-forwarded-for': '::ffff:192.0.2.2' })).status).toBe(200);
});

test('counts in memory, and says so once, where Redis refuses connections', async () => {
  const api = await start({ redis: 'redis://127.0.0.1:1' });
  expect(await readUntilRefused(api)).toBe(LIMIT);
  expect(api.logLines.filter((line) => line.includes('Redis does not answer'))).toHaveLength(1);
});

test('starts and counts in memory where Redis takes connections and never answers', async () => {
  const relay = await startRelay(undefined);
  const api = await start({ redis: relay.url });
  expect(await readUntilRefused(api)).toBe(LIMIT);
  expect(api.logLines.filter((line) => line.includes('Redis does not answer'))).toHaveLength(1);
  await api.close();
  relay.close();
});

if (redisUrl) {
  describe('with Redis', () => {
    test('counts for all processes together', async () => {
      const shared = { redis: redisUrl, prefix: randomUUID(), redisTimeoutMs: 10_000 };
      const [one, two] = [await start(shared), await start(shared)];
      expect(one.logLines.join('')).toContain('"countedIn":"redis"');
      await one.get('/api/contacts');
      expect(await readUntilRefused(two)).toBe(LIMIT - 1);
      expect((await one.get('/api/contacts')).status).toBe(429);
    });

    test('goes on in memory while Redis is away, and with Redis when it is back', async () => {
      const relay = await startRelay(redisUrl);
      const api = await start({ redis: relay.url, prefix: randomUUID() });
      expect(await readUntilRefused(api)).toBe(LIMIT);
      relay.stop();
      expect(await readUntilRefused(api)).toBe(LIMIT); // from the beginning, in memory
      relay.resume();
      await eventually(async () => {
        expect((await api.get('/api/contacts')).status).toBe(429);
        expect(api.logLines.join('')).toContain('Redis answers again');
      });
      await api.close();
      relay.close();
    });

    test('counts in Redis when it was away at the start', async () => {
      const relay = await startRelay(redisUrl);
      relay.stop();
      const api = await start({ redis: relay.url, prefix: randomUUID() });
      expect((await api.get('/api/contacts')).status).toBe(200);
      relay.resume();
      await eventually(async () => {
        await api.get('/api/contacts');
        expect(api.logLines.join('')).toContain('Redis answers again');
      });
      await api.close();
      relay.close();
    });
  });
}

/** Stands between the API and Redis, and can keep quiet; without a target it always does. */
async function startRelay(target: string | undefined) {
  const sockets = new Set<Socket>();
  let quiet = target === undefined;
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    if (quiet || target === undefined) return;
    const { hostname, port } = new URL(target);
    const upstream = connect(Number(port), hostname).on('error', () => socket.destroy());
    sockets.add(upstream);
    socket.on('data', (bytes) => quiet || upstream.write(bytes)).on('close', () => upstream.destroy());
    upstream.on('data', (bytes) => quiet || socket.write(bytes)).on('close', () => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const drop = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      quiet = true;
    },
    resume() {
      quiet = false;
      drop(); // as after a restart
    },
    close() {
      drop();
      server.close();
    },
  };
}
