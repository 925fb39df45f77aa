import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@messaging/db/testing';
import {
  type StreamingReplica,
  startStreamingReplica,
  startTestServer,
  type TestServer,
} from '@messaging/local/testing';
import { eventually, startTcpProxy, type TcpProxy } from '@messaging/shared/testing';
import { startTestApi, type TestApi } from '../src/testing/start-test-api.ts';
import { connect } from './support.ts';

/** `follower` streams from `replica`, as one does that was meant to survive a failover. */
let primary: TestServer;
let replica: StreamingReplica;
let follower: StreamingReplica;
let other: TestDatabase;
let proxy: TcpProxy;
const apis: TestApi[] = [];

beforeAll(async () => {
  [primary, other] = await Promise.all([startTestServer(), createTestDatabase()]);
  const db = await connect(primary);
  await db.query("insert into contacts (name, phone_number) values ('Ada', '+1 555')");
  await db.end();
  proxy = await startTcpProxy(primary.port);
  replica = await startStreamingReplica(primary);
  follower = await startStreamingReplica(primary, replica.connectionString);
});

afterEach(async () => {
  await Promise.all(apis.splice(0).map((api) => api.close()));
});

afterAll(async () => {
  await proxy?.close();
  await follower?.close();
  await replica?.close();
  await Promise.all([primary?.close(), other?.close()]);
});

async function startApi(primaryUrl: string, replicaUrl: string): Promise<TestApi> {
  const api = await startTestApi(primaryUrl, { replica: { connectionString: replicaUrl, maxLagMs: 10_000 } });
  apis.push(api);
  return api;
}

/** How far behind the replica was that responded; undefined where the primary did. */
async function lagMs(api: TestApi): Promise<number | undefined> {
  const { status, headers } = await api.get('/api/contacts');
  expect(status).toBe(200);
  const lag = headers.get('replica-lag-ms');
  return lag === null ? undefined : Number(lag);
}

const untilReadsOnReplica = (api: TestApi) =>
  eventually(async () => expect(await lagMs(api)).toEqual(expect.any(Number)));

/** Why the replica was dropped, as far as that was logged. */
const reasons = (api: TestApi) =>
  api.logLines
    .map((line) => JSON.parse(line) as { dependency?: string; msg: string; reason: string })
    .filter(({ dependency, msg }) => dependency === 'replica' && msg === 'dependency lost')
    .map(({ reason }) => reason);

const untilDropped = (api: TestApi, reason: RegExp) =>
  eventually(() => expect(reasons(api)).toEqual([expect.stringMatching(reason)]));

test('a replica of another server is not read from, nor is a server that is no replica', async () => {
  const ofAnother = await startApi(other.connectionString, replica.connectionString);
  await untilDropped(ofAnother, /replica of another server/);
  expect(await lagMs(ofAnother)).toBeUndefined();
  const none = await startApi(primary.connectionString, other.connectionString);
  await untilDropped(none, /not a replica/);
  expect(await lagMs(none)).toBeUndefined();
});

test('the lag grows while the primary does not respond, until the replica is not read from', async () => {
  const api = await startApi(proxy.urlFor(primary.connectionString), replica.connectionString);
  await untilReadsOnReplica(api);
  proxy.silenceAfter(0);
  await eventually(async () => expect(await lagMs(api)).toBeGreaterThan(1_000));
  await untilDropped(api, /more than 10000 ms behind/);
  proxy.hearAgain();
  await untilReadsOnReplica(api);
});

test('a promoted replica is dropped at once, and so is what follows it; with it as the primary, that is used', async () => {
  const [own, byFollower] = await Promise.all([
    startApi(primary.connectionString, replica.connectionString),
    startApi(primary.connectionString, follower.connectionString),
  ]);
  await Promise.all([untilReadsOnReplica(own), untilReadsOnReplica(byFollower)]);
  await replica.promote();
  await Promise.all([untilDropped(own, /not a replica/), untilDropped(byFollower, /timeline 2 and the primary on 1/)]);
  expect([await lagMs(own), await lagMs(byFollower)]).toEqual([undefined, undefined]);

  const afterFailover = await startApi(replica.connectionString, follower.connectionString);
  const created = await afterFailover.command<{ contact: { id: number } }>('create-contact', {
    ...{ name: 'Grace', phoneNumber: '+1 556' },
  });
  expect(created.status).toBe(201);
  await eventually(async () => {
    const { status, headers } = await afterFailover.get(`/api/contacts/${created.body.contact.id}`);
    expect([status, headers.has('replica-lag-ms')]).toEqual([200, true]);
  });
});
