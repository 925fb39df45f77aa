import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import {
  type ChildProcess,
  createFaultDatabase,
  expectListToBeginWith,
  startApi,
  startOwnPostgres,
  startWorker,
} from './harness/index.ts';

/** Failed attempts to listen after which an outage counts as long: what is logged for each would be seen. */
const ATTEMPTS = 3;
/** The connections, that of the probes, the listener, the queue, a refresh, the sweep and the segment builder may each say it once. */
const MOST_COMPLAINTS = 7;

test.each(['fast', 'immediate'] as const)(
  'PostgreSQL stopped (%s) and back: both recover by themselves, and say it once',
  async (how) => {
    const postgres = await startOwnPostgres();
    const { connectionString, send } = await createFaultDatabase(postgres.connectionString);
    const env = { DATABASE_URL: connectionString, LOG_LEVEL: 'debug' };
    const api = await startApi(env);
    const worker = await startWorker(env);
    const before = await send(1);
    await expectListToBeginWith(api, before);

    await postgres.stop(how);
    await eventually(async () => {
      expect((await api.get('/api/conversations')).status).toBe(503);
      const { status, body } = await worker.get<{ problems: string[] }>('/readyz');
      expect(status).toBe(503);
      expect(body.problems).toEqual(
        expect.arrayContaining(['the database does not answer', 'the listener is not connected']),
      );
      const scrape = await worker.get<string>('/metrics');
      expect(scrape).toMatchObject({ status: 200, body: expect.stringContaining('messaging_database_up 0') });
      expect(scrape.body).not.toMatch(/^messaging_pending_changes \d/m);
    });
    await eventually(() => expect(count(worker, 'dependency is still away').listener).toBeGreaterThan(ATTEMPTS), {
      timeoutMs: 60_000,
    });

    await postgres.start();
    await Promise.all([api.untilReady(), worker.untilReady()]);
    await expectListToBeginWith(api, before);
    const back = await createFaultDatabase(postgres.connectionString);
    const after = await back.send(2);
    await expectListToBeginWith(api, after, before);
    await back.untilViewIsCurrent();
    expect(outagesOf(worker)).toEqual(expect.objectContaining({ listener: 1, queue: 1 }));
    for (const times of Object.values({ ...outagesOf(worker), ...outagesOf(api) })) expect(times).toBe(1);
    await eventually(() => expect(recoveriesOf(worker)).toEqual(outagesOf(worker)));
    expect(complaints(worker)).toBeLessThanOrEqual(MOST_COMPLAINTS);
    expect(complaints(api)).toBeLessThanOrEqual(MOST_COMPLAINTS);
  },
  180_000,
);

test('API and worker are stopped while PostgreSQL is away: they end in time and without a complaint', async () => {
  const postgres = await startOwnPostgres();
  const env = { DATABASE_URL: postgres.connectionString };
  const [api, worker] = await Promise.all([startApi(env), startWorker(env)]);
  await postgres.stop('immediate');
  await eventually(async () => expect((await worker.get('/readyz')).status).toBe(503));
  expect(await Promise.all([api.stop(), worker.stop()])).toEqual([0, 0]);
}, 120_000);

const complaints = (app: ChildProcess) =>
  app.logLines().filter(({ level }) => ['warn', 'error', 'fatal'].includes(String(level))).length;
const outagesOf = (app: ChildProcess) => count(app, 'dependency lost');
const recoveriesOf = (app: ChildProcess) => count(app, 'dependency is back');

function count(app: ChildProcess, message: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { msg, dependency } of app.logLines()) {
    if (msg === message) counts[String(dependency)] = (counts[String(dependency)] ?? 0) + 1;
  }
  return counts;
}
