import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  type StreamingReplica,
  startStreamingReplica,
  startTestServer,
  type TestServer,
} from '@messaging/local/testing';
import { contactDetail } from '@messaging/shared';
import { eventually, startTcpProxy, type TcpProxy } from '@messaging/shared/testing';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { connect, type TestClient } from './support.ts';

/** A streaming replica whose replay is paused: what the primary wrote since then tells where a read was made. */
let primary: TestServer;
let replica: StreamingReplica;
let primaryDb: TestClient;
let replicaDb: TestClient;
let proxy: TcpProxy;
let api: TestApi;
let impatientApi: TestApi;

const PATIENCE = { timeoutMs: 15_000 };
const AN_HOUR_MS = 3_600_000;
const READS = [
  '/api/conversations',
  '/api/conversations?searchValue=hello',
  '/api/contacts/1/messages',
  '/api/contacts',
];

beforeAll(async () => {
  primary = await startTestServer();
  primaryDb = await connect(primary);
  await primaryDb.query("insert into contacts (name, phone_number) values ('new', '+1 555')");
  await primaryDb.query("insert into messages (contact_id, content) values (1, 'hello')");
  replica = await startStreamingReplica(primary);
  replicaDb = await connect(replica);
  proxy = await startTcpProxy(replica.port);
  api = await startTestApi(primary.connectionString, {
    // A read that waited for a silent connection for that long would wait longer than a test.
    database: { connectionString: primary.connectionString, poolSize: 5, statementTimeoutMs: 60_000 },
    search: { poolSize: 2, timeoutMs: 1_000 },
    replica: { connectionString: proxy.urlFor(replica.connectionString), maxLagMs: AN_HOUR_MS },
  });
  await untilReadsOnReplica(api); // only a replica that has caught up once is used
  await pauseReplay();
});

afterAll(async () => {
  await Promise.all([api?.close(), impatientApi?.close()]);
  await proxy?.close();
  await Promise.all([primaryDb?.end(), replicaDb?.end()]);
  await replica?.close();
  await primary?.close();
});

const rename = (where: string) => primaryDb.query("update contacts set name = 'of the ' || $1 where id = 1", [where]);

/** Lets the replica catch up, and replay no more; with `locked`, while it replays that somebody has locked the contacts. */
async function pauseReplay({ locked = false } = {}): Promise<void> {
  await replicaDb.query('select pg_wal_replay_resume()');
  await rename('replica');
  if (locked) await primaryDb.query('begin; lock table contacts in access exclusive mode');
  const { rows } = await primaryDb.query('select pg_current_wal_insert_lsn() as position');
  await eventually(async () => {
    const reached = await replicaDb.query('select pg_last_wal_replay_lsn() >= $1 as reached', [rows[0].position]);
    expect(reached.rows).toEqual([{ reached: true }]);
  });
  await replicaDb.query('select pg_wal_replay_pause()');
  await eventually(async () => {
    const { rows: states } = await replicaDb.query('select pg_get_wal_replay_pause_state() as state');
    expect(states).toEqual([{ state: 'paused' }]);
  });
  if (locked) await primaryDb.query('rollback');
  await rename('primary');
}

const untilReadsOnReplica = ({ get }: TestApi) =>
  eventually(async () => expect((await get('/api/contacts')).headers.has('replica-lag-ms')).toBe(true));

/** Resolves when a read waits for a lock on the replica. */
async function untilReadWaits(): Promise<void> {
  const client = await connect(replica);
  await client.untilSomeoneWaits();
  await client.end();
}

function endSilence(): void {
  proxy.refuse();
  proxy.restore();
}

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
  await untilMadeAt('replica');
  for (const path of READS.filter((read) => !read.endsWith('/messages'))) expect(await madeAt(path)).toBe('replica');
  for (const path of READS) {
    const { headers } = await api.get(path);
    expect(headers.get('replica-lag-ms')).toMatch(/^\d+$/);
    expect([path, headers.has('changes-cursor')]).toEqual([path, false]); // its snapshots do not name what is running
  }
  const changes = await api.get('/api/changes');
  expect([changes.status, changes.headers.has('replica-lag-ms')]).toEqual([200, false]);
});

test('a command is made on the primary, and says nothing of the replica', async () => {
  const answer = await api.command<{ contact: { id: number } }>('create-contact', {
    ...{ name: 'New', phoneNumber: '+1 556' },
  });
  expect([answer.status, answer.headers.has('replica-lag-ms')]).toEqual([201, false]);
  const { id } = answer.body.contact;
  const { rows } = await primaryDb.query('select name from contacts where id = $1', [id]);
  expect(rows).toEqual([{ name: 'New' }]);
  expect((await api.get(`/api/contacts/${id}`)).status).toBe(404); // not found is an answer of the replica, too
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
  await pauseReplay({ locked: true });
  const read = api.get('/api/contacts/1');
  await untilReadWaits();
  await replicaDb.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  const { status, headers, body } = await read;
  expect([status, headers.has('replica-lag-ms')]).toEqual([200, false]);
  expect(contactDetail.parse(body).name).toBe('of the primary');
});

test('a search that takes too long on the replica is not made again', async () => {
  await pauseReplay({ locked: true });
  const { status, headers } = await api.get('/api/conversations?searchValue=hello');
  expect([status, headers.get('retry-after')]).toEqual([503, '1']);
  await pauseReplay();
  expect(await madeAt()).toBe('replica');
});

test('a search that is given up on the replica ends there, and is made again on the primary', async () => {
  impatientApi = await startTestApi(primary.connectionString, {
    search: { poolSize: 2, timeoutMs: 600_000 },
    replica: { connectionString: replica.connectionString, maxLagMs: 5_000 },
  });
  await replicaDb.query('select pg_wal_replay_resume()');
  await untilReadsOnReplica(impatientApi);
  await pauseReplay({ locked: true });
  const search = impatientApi.get('/api/conversations?searchValue=hello');
  await untilReadWaits();
  const { status, headers } = await search;
  expect([status, headers.has('replica-lag-ms')]).toEqual([200, false]);
  await eventually(async () => {
    const { rows } = await replicaDb.query(
      "select query from pg_stat_activity where application_name like 'messaging-replica-search%' and state = 'active'",
    );
    expect(rows).toEqual([]);
  });
});
