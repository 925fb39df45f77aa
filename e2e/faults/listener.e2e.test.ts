import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { type ChildProcess, createFaultDatabase, startProxy, startWorker } from './harness/index.ts';

/** Without the sweep, whatever is refreshed was heard of. */
const NO_SWEEP = { SWEEP_INTERVAL_MS: '600000' };
/** As the issue states it. */
const SILENCE_LIMIT_MS = 35_000;

test('hears the next change after its backend was terminated', async () => {
  const { connectionString, db, send, untilViewIsCurrent } = await createFaultDatabase();
  const worker = await startWorker({ DATABASE_URL: connectionString, ...NO_SWEEP });
  const { rowCount } = await db.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'messaging-listener' and datname = current_database()",
  );
  expect(rowCount).toBe(1);
  await eventually(() => expect(connects(worker)).toBe(2));
  await untilQueueIsIdle(worker);
  await send(1);
  await untilViewIsCurrent();
  expect(losses(worker)).toEqual(['dependency lost', 'dependency is back']);
}, 120_000);

test('notices within 35 s that its connection is silent, and hears the next change on a new one', async () => {
  const { connectionString, send, untilViewIsCurrent } = await createFaultDatabase();
  const proxy = await startProxy(Number(new URL(connectionString).port));
  const worker = await startWorker({ DATABASE_URL: proxy.urlFor(connectionString), ...NO_SWEEP });
  await untilQueueIsIdle(worker);
  expect(proxy.silence('messaging-listener')).toBe(1);
  const silentSinceMs = performance.now();
  await send(1);
  await untilViewIsCurrent(SILENCE_LIMIT_MS);
  expect(performance.now() - silentSinceMs).toBeLessThan(SILENCE_LIMIT_MS);
  expect(losses(worker)).toEqual(['dependency lost', 'dependency is back']);
}, 120_000);

const connects = (worker: ChildProcess) => worker.logLines().filter(({ msg }) => msg === 'listener connected').length;
const losses = (worker: ChildProcess) =>
  worker
    .logLines()
    .filter(({ dependency }) => dependency === 'listener')
    .map(({ msg }) => msg);

/** Each connection asks for a refresh, which would cover a change that comes right after it. */
const untilQueueIsIdle = (worker: ChildProcess) =>
  eventually(async () => {
    const { body } = await worker.get<string>('/metrics');
    expect(body).toContain('messaging_queue_jobs{state="delayed"} 0');
    expect(body).toContain('messaging_queue_jobs{state="active"} 0');
    expect(body).not.toContain('messaging_queue_jobs{state="completed"} 0');
  });
