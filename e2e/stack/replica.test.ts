import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { createComposeStack } from './compose-stack.ts';
import { docker } from './docker.ts';
import { startLoad } from './load.ts';
import { type ReplicaAndApi, startReplicaAndApi } from './replica.ts';

// biome-ignore lint/style/noProcessEnv: the run tells its tests by this variable which stack it started
const stack = createComposeStack(String(process.env.TEST_STACK));
const PATIENCE = { timeoutMs: 30_000 };
/** The default of REPLICA_MAX_LAG_MS. */
const MAX_LAG_MS = 10_000;

let containers: ReplicaAndApi;
let url: string;

beforeAll(async () => {
  containers = await startReplicaAndApi(stack);
  url = await stack.urlOf(containers.api);
  await eventually(async () => expect(await lag('/api/contacts/12')).not.toBeNaN(), PATIENCE);
}, 300_000);

afterAll(() => containers?.remove(), 30_000);

const get = (path: string) => fetch(url + path, { signal: AbortSignal.timeout(10_000) });

/** How far the replica that answered is behind, in ms; NaN where the primary did. */
async function lag(path: string): Promise<number> {
  const response = await get(path);
  await response.arrayBuffer();
  expect(response.status).toBe(200);
  return Number(response.headers.get('replica-lag-ms') ?? Number.NaN);
}

const command = (name: string, body: unknown) =>
  fetch(`${url}/api/commands/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

async function logged(message: string): Promise<number> {
  const lines = (await docker(['logs', containers.api])).split('\n').filter((line) => line.includes('"replica"'));
  return lines.filter((line) => line.includes(`"msg":"${message}"`)).length;
}

test('every read comes from the replica and says how far it is behind', async () => {
  const paths = [
    '/api/conversations',
    '/api/conversations?searchValue=garcia',
    '/api/contacts',
    '/api/contacts/12/messages',
  ];
  for (const path of paths) {
    await eventually(async () => expect([path, Number.isNaN(await lag(path))]).toEqual([path, false]), PATIENCE);
  }
});

test('a write goes to the primary and is soon seen in the list of the replica, however often that was asked for', async () => {
  for (let i = 0; i < 3; i++) {
    const answer = await command('send-message', { contactId: 12, content: `to the primary ${i}` });
    expect(answer.status).toBe(201);
    const { message } = (await answer.json()) as { message: { id: number } };
    await eventually(async () => {
      const response = await get('/api/conversations?pageSize=1');
      expect(response.headers.has('replica-lag-ms')).toBe(true);
      expect(await response.json()).toMatchObject({ conversations: [{ lastMessage: { id: message.id } }] });
    });
  }
});

test.each([
  { how: 'stops', away: ['stop', '--time', '10'], back: ['start'] },
  { how: 'falls silent', away: ['pause'], back: ['unpause'] },
])(
  'a replica that $how is replaced by the primary without a failed read, and used again when it is back',
  async ({ away, back }) => {
    const [lost, returned] = [await logged('dependency lost'), await logged('dependency is back')];
    const load = startLoad(get);
    try {
      await docker([...away, containers.replica]);
      // A single read made again on the primary is not yet a replica that is known to be away.
      await eventually(async () => expect(await logged('dependency lost')).toBe(lost + 1), PATIENCE);
      await eventually(async () => expect(await lag('/api/contacts/12')).toBeNaN(), PATIENCE);
      expect((await command('send-message', { contactId: 12, content: 'meanwhile' })).status).toBe(201);
      expect((await get('/readyz')).status).toBe(200);
      await docker([...back, containers.replica]);
      await eventually(async () => expect(await lag('/api/contacts/12')).not.toBeNaN(), PATIENCE);
    } finally {
      await load.stop();
    }
    expect(load.failures).toEqual([]);
    await eventually(async () => {
      expect(await logged('dependency lost')).toBe(lost + 1);
      expect(await logged('dependency is back')).toBe(returned + 1);
    });
  },
  180_000,
);

const sql = (container: string, ...statements: string[]) =>
  docker([
    ...['exec', container, 'psql', '-h', '/var/run/postgresql', '-U', 'messaging', '-v', 'ON_ERROR_STOP=1'],
    ...statements.flatMap((statement) => ['-c', statement]),
  ]);

test('a replica that is half a second behind steady writes stays in use, and says so', async () => {
  const delayMs = 500;
  const delay = (value: string) =>
    sql(containers.replica, `alter system set recovery_min_apply_delay = '${value}'`, 'select pg_reload_conf()');
  await eventually(async () => expect(await lag('/api/contacts/12')).not.toBeNaN(), PATIENCE);
  const lost = await logged('dependency lost');
  const lags: number[] = [];
  await delay(`${delayMs}ms`);
  try {
    const untilMs = performance.now() + 1.5 * MAX_LAG_MS;
    while (performance.now() < untilMs) {
      expect((await command('send-message', { contactId: 12, content: 'one of many' })).status).toBe(201);
      lags.push(await lag('/api/contacts/12'));
    }
  } finally {
    await delay('0');
  }
  expect(lags.filter(Number.isNaN)).toEqual([]); // the primary was never asked
  expect(await logged('dependency lost')).toBe(lost);
  expect(Math.max(...lags)).toBeGreaterThanOrEqual(delayMs);
}, 180_000);

test('a replica that no longer follows the primary is not read from', async () => {
  await sql(containers.replica, 'select pg_wal_replay_pause()');
  await command('send-message', { contactId: 12, content: 'the replica does not get to know this' });
  await eventually(async () => expect(await lag('/api/contacts/12')).toBeNaN(), PATIENCE);
  await sql(containers.replica, 'select pg_wal_replay_resume()');
  await eventually(async () => expect(await lag('/api/contacts/12')).not.toBeNaN(), PATIENCE);
}, 180_000);
