import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { expect, test } from '@jest/globals';
import { problem } from '@messaging/shared';
import { eventually } from '@messaging/shared/testing';
import { createFaultDatabase, onCleanUp, startApi, startWorker } from './harness/index.ts';

const POOL_SIZE = 3;
/** Over which the 10,000 commands come. */
const CONNECTIONS = 1_000;

test('all connections for commands taken: those wait and are refused with 503, reads, imports and probes go on', async () => {
  const { connectionString, connect, db, send } = await createFaultDatabase();
  await send(2);
  const api = await startApi({ DATABASE_URL: connectionString, COMMAND_POOL_SIZE: String(POOL_SIZE) });
  const holder = await connect();
  await holder.query('begin; select from contacts where id = 1 for update');
  const message = { contactId: 1, content: 'held up' };
  const held = Array.from({ length: POOL_SIZE }, () => api.post('/api/commands/send-message', message));
  await untilWaiting(db);

  expectRefused(await api.post('/api/commands/send-message', { contactId: 2, content: 'x' }));
  for (const path of ['/livez', '/readyz', '/api/contacts', '/api/contacts/2', '/api/contacts/2/messages'])
    expect([path, (await api.get(path)).status]).toEqual([path, 200]);
  expect((await api.get<string>('/metrics')).body).toContain('messaging_database_up 1');
  const found = await api.get<{ conversations: unknown[] }>('/api/conversations?searchValue=hello');
  expect([found.status, found.body.conversations.length]).toEqual([200, 1]);
  const line = JSON.stringify({ contactId: 2, content: 'imported' });
  const imported = await fetch(`${api.url}/api/commands/import-messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: line,
  });
  expect(await imported.json()).toMatchObject({ imported: 1 });

  await holder.query('rollback');
  for (const { status } of await Promise.all(held)) expect(status).toBe(201);
}, 120_000);

test('all connections for pages taken: those wait and are refused with 503, commands and probes go on', async () => {
  const { connectionString, connect, db, send } = await createFaultDatabase();
  await send(2);
  const api = await startApi({ DATABASE_URL: connectionString, DB_POOL_SIZE: String(POOL_SIZE) });
  const holder = await connect();
  await holder.query('begin; lock table list_sizes in access exclusive mode'); // only pages by number look at it here
  const held = Array.from({ length: POOL_SIZE }, (_, i) => api.get(`/api/contacts?pageSize=${i + 1}`));
  await untilWaiting(db);

  expectRefused(await api.get('/api/contacts/2'));
  for (const path of ['/livez', '/readyz']) expect([path, (await api.get(path)).status]).toEqual([path, 200]);
  expect((await api.post('/api/commands/send-message', { contactId: 2, content: 'x' })).status).toBe(201);

  await holder.query('rollback');
  for (const { status } of await Promise.all(held)) expect(status).toBe(200);
}, 120_000);

const untilWaiting = (db: { query: (sql: string) => Promise<{ rows: unknown[] }> }) =>
  eventually(async () => {
    const { rows } = await db.query(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    expect(rows).toHaveLength(POOL_SIZE);
  });

function expectRefused({ status, headers, body }: { status: number; headers: Headers; body: unknown }): void {
  expect([status, problem.parse(body).code]).toEqual([503, 'unavailable']);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
}

test('all connections of the worker taken: it stays ready', async () => {
  const { connectionString, connect, db } = await createFaultDatabase();
  const worker = await startWorker({ DATABASE_URL: connectionString, DB_POOL_SIZE: '1' });
  const holder = await connect();
  await holder.query('begin; lock table idempotency_keys, conversation_changes');
  await eventually(async () => {
    const { rows } = await db.query(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and application_name = 'messaging-worker'",
    );
    expect(rows).toHaveLength(1);
  });
  const { status, body } = await worker.get('/readyz');
  expect([status, body]).toEqual([200, expect.objectContaining({ problems: [] })]);
  await holder.query('rollback');
}, 120_000);

test('10,000 commands at once are all answered, and every one that was acknowledged is stored', async () => {
  const { connectionString, db } = await createFaultDatabase();
  const api = await startApi({ DATABASE_URL: connectionString });
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  onCleanUp(() => agent.destroy());
  let sending = true;
  const probes = new Set<number>();
  const probing = (async () => {
    while (sending) probes.add((await api.get('/readyz')).status);
  })();
  const statuses = await Promise.all(
    Array.from({ length: 10_000 }, (_, i) =>
      sendMessage(api.url, agent, { contactId: 1 + (i % 50), content: `message ${i}` }),
    ),
  );
  sending = false;
  await probing;
  expect([...probes]).toEqual([200]);
  expect([...new Set(statuses)].filter((status) => status !== 201 && status !== 503)).toEqual([]);
  const stored = statuses.filter((status) => status === 201).length;
  expect(stored).toBeGreaterThan(1_000);
  const { rows } = await db.query(
    'select count(*)::int as stored, count(distinct content)::int as contents from messages',
  );
  expect(rows).toEqual([{ stored, contents: stored }]);
  expect((await api.get('/api/conversations')).status).toBe(200);
}, 120_000);

async function sendMessage(url: string, agent: Agent, message: unknown): Promise<number | undefined> {
  const headers = { 'content-type': 'application/json' };
  const sending = request(`${url}/api/commands/send-message`, { method: 'POST', agent, headers });
  sending.end(JSON.stringify(message));
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}
