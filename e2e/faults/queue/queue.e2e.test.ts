import { expect, test } from '@jest/globals';
import { sendMessageAnswer } from '@messaging/shared';
import { eventually } from '@messaging/shared/testing';
import {
  type ChildProcess,
  createFaultDatabase,
  expectListToBeginWith,
  type FaultDatabase,
  startApi,
  startRedis,
  startWorker,
} from '../harness/index.ts';

/** A worker that begins a due refresh itself this long after the queue should have. */
const DIRECT_AFTER = { REFRESH_DIRECT_AFTER_MS: '2000' };
const SLOW_MS = 4_000;

test('the tables of the queue are dropped under it: refreshes go on without it', async () => {
  const { api, worker, database } = await startAll({});
  const before = worker.logLines().length;
  await eventually(() => database.db.query('drop schema if exists bullmq cascade')); // the queue at work can deadlock it
  await expectReadsAndWrites(api);
  await database.untilViewIsCurrent();
  await expectDirectRefresh(worker, before);
  await expectProblem(worker, 'the queue does not answer');
}, 120_000);

// biome-ignore lint/style/noProcessEnv: the test run tells its workers by this variable where there are containers
if (process.env.TEST_REDIS_URL) {
  test('Redis down at the start: refreshes go on without it, and with it once it is there', async () => {
    const redis = await startRedis();
    await redis.stop();
    const { api, worker, database } = await startAll({ REDIS_URL: redis.url }, { ready: false });
    await expectProblem(worker, 'the queue does not answer');
    await expectReadsAndWrites(api);
    await database.untilViewIsCurrent();
    await expectDirectRefresh(worker, 0);

    await redis.start();
    await expectQueueToWork(api, worker, database);
    await eventually(() => expect(queueLines(worker)).toEqual(['dependency lost', 'dependency is back']));
  }, 180_000);

  test('Redis stopped while running, and back empty: reads, writes and refreshes do not mind', async () => {
    const redis = await startRedis();
    const { api, worker, database } = await startAll({ REDIS_URL: redis.url });
    await expectQueueToWork(api, worker, database);

    const before = worker.logLines().length;
    await redis.stop();
    await expectReadsAndWrites(api);
    await database.untilViewIsCurrent();
    await expectDirectRefresh(worker, before);
    await expectProblem(worker, 'the queue does not answer');
    expect(await worker.get('/metrics')).toMatchObject({
      status: 200,
      body: expect.stringContaining('messaging_queue_up 0'),
    });

    await redis.start();
    await expectQueueToWork(api, worker, database);
    await eventually(() => expect(queueLines(worker)).toEqual(['dependency lost', 'dependency is back']));
  }, 180_000);

  test('Redis flushed while a refresh runs: what came meanwhile is refreshed, and the queue works again', async () => {
    const redis = await startRedis();
    const { api, worker, database } = await startAll({ REDIS_URL: redis.url });
    const letGo = await database.holdRefreshes();
    await database.send(1);
    await database.untilRefreshWaits();
    await database.send(2);
    await redis.exec('redis-cli', 'flushall');
    await letGo();
    await database.untilViewIsCurrent();
    await expectQueueToWork(api, worker, database);
  }, 180_000);

  test('Redis flushed while a refresh waits: it is asked for again', async () => {
    const redis = await startRedis();
    const patient = { REFRESH_QUIET_MS: '3000', REFRESH_DIRECT_AFTER_MS: '60000' };
    const { worker, database } = await startAll({ REDIS_URL: redis.url, ...patient });
    await database.send(1);
    await eventually(async () => {
      expect((await worker.get<string>('/metrics')).body).toContain('messaging_queue_jobs{state="delayed"} 1');
    });
    await redis.exec('redis-cli', 'flushall');
    await database.untilViewIsCurrent();
    await eventually(() => expect(lastRefreshVia(worker)).toBe('queue'));
  }, 120_000);

  test('the connections to Redis fall silent: refreshes go on without it, and with it on new connections', async () => {
    const redis = await startRedis();
    const { api, worker, database } = await startAll({ REDIS_URL: redis.url });
    await expectQueueToWork(api, worker, database);
    const before = worker.logLines().length;
    redis.silence();
    await expectReadsAndWrites(api);
    await database.untilViewIsCurrent();
    await expectDirectRefresh(worker, before);
    await expectQueueToWork(api, worker, database);
  }, 180_000);

  test('the disk of Redis full: nothing else is harmed, and the queue works again when there is space', async () => {
    const redis = await startRedis({ diskMb: 4 });
    const { api, worker, database } = await startAll({ REDIS_URL: redis.url });
    await expectQueueToWork(api, worker, database);
    const before = worker.logLines().length;
    await redis.exec('sh', '-c', 'dd if=/dev/zero of=/data/filler bs=4k 2>/dev/null || true');
    await eventually(async () => {
      await redis.exec('redis-cli', 'set', 'any', 'x'.repeat(10_000));
      expect(await redis.exec('redis-cli', 'set', 'any', 'x')).toContain('MISCONF');
    });

    await expectReadsAndWrites(api);
    await database.untilViewIsCurrent();
    await expectDirectRefresh(worker, before);

    await redis.exec('rm', '/data/filler');
    await eventually(async () => expect(await redis.exec('redis-cli', 'set', 'any', 'x')).toContain('OK'));
    await expectQueueToWork(api, worker, database);
    await eventually(() => expect(queueLines(worker)).toEqual(['dependency lost', 'dependency is back']));
  }, 180_000);

  test('a worker is stopped while Redis is away: it ends in time and without a complaint', async () => {
    const redis = await startRedis();
    const { worker } = await startAll({ REDIS_URL: redis.url });
    await redis.stop();
    await expectProblem(worker, 'the queue does not answer');
    expect(await worker.stop()).toBe(0);
  }, 120_000);
}

async function startAll(env: Record<string, string>, options?: { ready: boolean }) {
  const database = await createFaultDatabase();
  const common = { DATABASE_URL: database.connectionString, ...env };
  const [api, worker] = await Promise.all([startApi(common), startWorker({ ...DIRECT_AFTER, ...common }, options)]);
  return { api, worker, database };
}

/** Writes and reads a few times: each answer is right, and none is slow. */
async function expectReadsAndWrites(api: ChildProcess): Promise<void> {
  for (let i = 0; i < 20; i++) {
    const startedMs = performance.now();
    const message = { contactId: 1 + i, content: 'hello' };
    const { status, body } = await api.post('/api/commands/send-message', message);
    expect(status).toBe(201);
    await expectListToBeginWith(api, sendMessageAnswer.parse(body).message.id);
    expect(performance.now() - startedMs).toBeLessThan(SLOW_MS);
  }
}

/** Writes until a refresh came by the queue again. */
async function expectQueueToWork(api: ChildProcess, worker: ChildProcess, database: FaultDatabase): Promise<void> {
  await worker.untilReady();
  await eventually(
    async () => {
      await expectReadsAndWrites(api);
      await database.untilViewIsCurrent();
      expect(lastRefreshVia(worker)).toBe('queue');
    },
    { timeoutMs: 60_000 },
  );
}

async function expectProblem(worker: ChildProcess, problem: string): Promise<void> {
  await eventually(async () => {
    const { status, body } = await worker.get<{ problems: string[] }>('/readyz');
    expect(status).toBe(503);
    expect(body.problems).toContain(problem);
  });
}

/** The last refresh need not be it: the queue may be back by then. @param before how many lines the worker had logged before the fault */
const expectDirectRefresh = (worker: ChildProcess, before: number) =>
  eventually(() => expect(refreshesVia(worker, before)).toContain('direct'));

const lastRefreshVia = (worker: ChildProcess) => refreshesVia(worker).at(-1);

const refreshesVia = (worker: ChildProcess, fromLine = 0) =>
  worker
    .logLines()
    .slice(fromLine)
    .filter(({ msg }) => msg === 'view refreshed')
    .map(({ via }) => via);

const queueLines = (worker: ChildProcess) =>
  worker
    .logLines()
    .filter(({ dependency }) => dependency === 'queue')
    .map(({ msg }) => msg);
