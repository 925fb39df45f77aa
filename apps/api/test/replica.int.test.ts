import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import { contactDetail } from '@messaging/shared';
import { eventually, startTcpProxy, type TcpProxy } from '@messaging/shared/testing';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { connect } from './support.ts';

/** What replays no log counts as caught up: a database with other contents tells where a read was made. */
let primary: TestDatabase;
let replica: TestDatabase;
let proxy: TcpProxy;
let api: TestApi;

const PATIENCE = { timeoutMs: 15_000 };
const READS = [
  '/api/conversations',
  '/api/conversations?searchValue=hello',
  '/api/contacts/1/messages',
  '/api/contacts',
];

beforeAll(async () => {
  [primary, replica] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  for (const database of [primary, replica]) {
    const client = await connect(database);
    await client.query("insert into contacts (name, phone_number) values ($1, '+1 555')", [nameOf(database)]);
    await client.query("insert into messages (contact_id, content) values (1, 'hello')");
    await client.end();
  }
  proxy = await startTcpProxy(Number(new URL(replica.connectionString).port));
  api = await startTestApi(primary.connectionString, {
    // A read that waited for a silent connection for that long would wait longer than a test.
    database: { connectionString: primary.connectionString, poolSize: 5, statementTimeoutMs: 60_000 },
    search: { poolSize: 2, slowPoolSize: 2, timeoutMs: 1_000 },
    replica: { connectionString: proxy.urlFor(replica.connectionString), maxLagMs: 10_000 },
  });
});

afterAll(async () => {
  await api?.close();
  await proxy?.close();
  await Promise.all([primary?.close(), replica?.close()]);
});

function endSilence(): void {
  proxy.refuse();
  proxy.restore();
}

const nameOf = (database: TestDatabase) => (database === primary ? 'of the primary' : 'of the replica');

/** Where a read was made, by what it found and by what it says. */
async function madeAt(path = '/api/contacts/1'): Promise<string> {
  const { status, headers, body } = await api.get(path);
  expect(status).toBe(200);
  const [, name = 'nowhere'] = /of the (primary|replica)/.exec(JSON.stringify(body)) ?? [];
  expect([path, name, headers.has('replica-lag-ms')]).toEqual([path, name, name === 'replica']);
  return name;
}

const untilMadeAt = (where: string) => eventually(async () => expect(await madeAt()).toBe(where), PATIENCE);

const lines = () =>
  api.logLines
    .map((line) => JSON.parse(line) as { dependency?: string; msg: string; level: string })
    .filter(({ dependency, level }) => dependency === 'replica' && level !== 'debug')
    .map(({ msg }) => msg);

test('every read is made on the replica, and says how far that is behind', async () => {
  for (const path of READS.filter((read) => !read.endsWith('/messages'))) expect(await madeAt(path)).toBe('replica');
  for (const path of READS) {
    expect((await api.get(path)).headers.get('replica-lag-ms')).toMatch(/^\d+$/);
  }
});

test('a command is made on the primary, and says nothing of the replica', async () => {
  const answer = await api.command<{ contact: unknown }>('create-contact', { name: 'New', phoneNumber: '+1 556' });
  expect([answer.status, answer.headers.has('replica-lag-ms')]).toEqual([201, false]);
  const client = await connect(primary);
  const { rows } = await client.query('select id, name from contacts order by id');
  await client.end();
  expect(rows).toEqual([
    { id: '1', name: 'of the primary' },
    { id: '2', name: 'New' },
  ]);
  expect((await api.get('/api/contacts/2')).status).toBe(404); // not found is an answer of the replica, too
});

test.each([
  { how: 'closes its connections', leave: () => proxy.refuse(), comeBack: () => proxy.restore() },
  { how: 'falls silent', leave: () => proxy.silence(), comeBack: endSilence },
])(
  'a replica that $how is replaced by the primary without a failed read, and used again',
  async (outage) => {
    await untilMadeAt('replica');
    const before = lines().length;
    outage.leave();
    const reads = await Promise.all(READS.map((path) => api.get(path)));
    expect(reads.map(({ status }) => status)).toEqual(READS.map(() => 200));
    // A single read made again on the primary is not yet a replica that is known to be away.
    await eventually(async () => expect(lines().slice(before)).toEqual(['dependency lost']), PATIENCE);
    for (const path of READS) expect((await api.get(path)).headers.has('replica-lag-ms')).toBe(false);
    expect((await api.get('/readyz')).status).toBe(200);
    outage.comeBack();
    await untilMadeAt('replica');
    expect(lines().slice(before)).toEqual(['dependency lost', 'dependency is back']);
  },
  60_000,
);

test('a read whose backend the replica ends is made again on the primary', async () => {
  await untilMadeAt('replica');
  const client = await connect(replica);
  await client.query('begin; lock table contacts in access exclusive mode');
  const read = api.get('/api/contacts/1');
  await client.untilSomeoneWaits();
  await client.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  const { status, headers, body } = await read;
  await client.end();
  expect([status, headers.has('replica-lag-ms')]).toEqual([200, false]);
  expect(contactDetail.parse(body).name).toBe(nameOf(primary));
});

test('a search that takes too long on the replica is not made again', async () => {
  await untilMadeAt('replica');
  const client = await connect(replica);
  await client.query('begin; lock table contacts in access exclusive mode');
  const { status, headers } = await api.get('/api/conversations?searchValue=hello');
  await client.end();
  expect([status, headers.get('retry-after')]).toEqual([503, '1']);
  expect(await madeAt()).toBe('replica');
});
