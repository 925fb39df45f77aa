import { beforeEach, expect, test } from '@jest/globals';
import { createPool, createQueuePool, type Pool } from '@messaging/db';
import { createLogger } from '@messaging/shared';
import { eventually } from '@messaging/shared/testing';
import {
  createFaultDatabase,
  expectListToBeginWith,
  type FaultDatabase,
  startApi,
  startWorker,
} from '../harness/index.ts';
import { startPgBouncer } from './pgbouncer.ts';

let database: FaultDatabase;
let throughPooler: string;

beforeEach(async () => {
  database = await createFaultDatabase();
  throughPooler = await startPgBouncer(database.connectionString);
});

test('API and worker work, with queue and listener', async () => {
  const [api, worker] = await Promise.all([
    startApi({ DATABASE_URL: throughPooler }),
    startWorker({ DATABASE_URL: throughPooler }),
  ]);
  const sent = await api.post<{ message: { id: number } }>(
    '/api/commands/send-message',
    { contactId: 1, content: 'through the pooler' },
    { 'idempotency-key': 'once' },
  );
  expect(sent.status).toBe(201);
  await expectListToBeginWith(api, sent.body.message.id);
  const found = await api.get<{ conversations: unknown[] }>('/api/conversations?searchValue=the%20pooler');
  expect(found.body.conversations).toHaveLength(1);
  await database.untilViewIsCurrent();
  await eventually(() => expect(refreshesOf(worker)).toContain('queue'));
  expect(worker.logLines().map(({ msg }) => msg)).toContain('listener connected');
  await worker.untilReady();
  expect(await Promise.all([api.stop(), worker.stop()])).toEqual([0, 0]);
}, 120_000);

test('a search whose client goes away is cancelled in PostgreSQL, and no one else is', async () => {
  const api = await startApi({ DATABASE_URL: throughPooler, SEARCH_TIMEOUT_MS: '60000' });
  const holder = await database.connect();
  await holder.query('begin; lock table unsegmented_contacts in access exclusive mode');
  const client = new AbortController();
  const answer = fetch(`${api.url}/api/conversations?searchValue=hello`, { signal: client.signal });
  await eventually(async () => expect(await countSearches()).toBe(1));
  client.abort();
  await expect(answer).rejects.toThrow();
  await eventually(async () => expect(await countSearches()).toBe(0), { timeoutMs: 10_000 });
  await holder.query('rollback');
  expect((await api.get('/api/conversations?searchValue=hello')).status).toBe(200);
}, 120_000);

test('every pool has its settings, whoever had the server connection before', async () => {
  const config = { connectionString: throughPooler, poolSize: 1, statementTimeoutMs: 300 };
  const logger = createLogger({ level: 'silent', pretty: false }, 'test');
  const common = {
    jit: 'off',
    TimeZone: 'UTC',
    statement_timeout: '300ms',
    idle_in_transaction_session_timeout: '1min',
  };
  const unplanned = { enable_seqscan: 'on', plan_cache_mode: 'auto' };
  const planned = { enable_seqscan: 'off', plan_cache_mode: 'force_generic_plan' };
  const wanted: [Pool, Record<string, string>][] = [
    [createPool(config, logger, 'test', 'indexScansOnly'), { ...common, ...planned }],
    [createPool(config, logger, 'test', 'general'), { ...common, ...unplanned }],
    [createQueuePool(config, 'test'), { search_path: 'bullmq', statement_timeout: '300ms', ...unplanned }],
  ];
  const backends = new Set<number>();
  for (const [pool, settings] of wanted) {
    expect(await readSettings(pool, Object.keys(settings))).toEqual(settings);
    await expect(pool.query('select pg_sleep(60)')).rejects.toThrow('statement timeout');
    backends.add((await pool.query('select pg_backend_pid() as pid')).rows[0].pid);
    await pool.end();
  }
  expect(backends.size).toBe(1); // else nothing was said of what the one before leaves behind
}, 120_000);

const refreshesOf = (worker: { logLines: () => { msg: string; via?: unknown }[] }) =>
  worker
    .logLines()
    .filter(({ msg }) => msg === 'view refreshed')
    .map(({ via }) => via);

async function countSearches(): Promise<number> {
  const { rows } = await database.db.query(
    `select from pg_stat_activity where datname = current_database() and state = 'active'
       and application_name like 'messaging-search%'`,
  );
  return rows.length;
}

async function readSettings(pool: Pool, names: string[]): Promise<Record<string, string>> {
  const { rows } = await pool.query('select name, current_setting(name) as value from unnest($1::text[]) as name', [
    names,
  ]);
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}
