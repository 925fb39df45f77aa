import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import {
  type ChildProcess,
  createFaultDatabase,
  expectListToBeginWith,
  type FaultDatabase,
  startApi,
  startWorker,
} from './harness/index.ts';

interface Cause {
  env: Record<string, string>;
  reason: string;
  /** Lets refreshes fail; returns how to let them work again. */
  begin: (database: FaultDatabase) => Promise<() => Promise<unknown>>;
  expectReads: (api: ChildProcess, newestMessageId: number) => Promise<void>;
}

const dropped = 'relation "recent_conversations" does not exist';
const causes: Record<string, Cause> = {
  'lock held': {
    env: { REFRESH_LOCK_TIMEOUT_MS: '200' },
    reason: 'canceling statement due to lock timeout',
    begin: (database) => database.holdRefreshes(),
    expectReads: expectListToBeginWith,
  },
  'statement timeout': {
    env: { REFRESH_TIMEOUT_MS: '1000', REFRESH_LOCK_TIMEOUT_MS: '0' },
    reason: 'canceling statement due to statement timeout',
    begin: (database) => database.holdRefreshes(),
    expectReads: expectListToBeginWith,
  },
  'view dropped': {
    env: {},
    reason: dropped,
    async begin({ db }) {
      await db.query('drop materialized view recent_conversations');
      return () => db.query('call build_recent_conversations()'); // what npm run db:view does
    },
    async expectReads(api) {
      const { status, body } = await api.get<{ code: string; detail: string }>('/api/conversations');
      expect([status, body.code]).toEqual([503, 'unavailable']);
      expect(body.detail).toContain('npm run db:view');
    },
  },
};

test.each(Object.keys(causes))(
  '%s: backs off, says so, leaves reads alone and recovers by itself',
  async (name) => {
    const { env, reason, begin, expectReads } = causes[name] as Cause;
    const database = await createFaultDatabase();
    const api = await startApi({ DATABASE_URL: database.connectionString });
    const worker = await startWorker({ DATABASE_URL: database.connectionString, ...env });
    const end = await begin(database);
    const messageId = await database.send(1);

    await eventually(async () => {
      const { status, body } = await worker.get<{ problems: string[] }>('/readyz');
      expect([status, ...body.problems]).toEqual([
        503,
        expect.stringMatching(`^the last \\d refreshes failed: ${reason}`),
      ]);
    });
    // A failure is in the database before it is counted.
    await eventually(async () => {
      const { body: metrics } = await worker.get<string>('/metrics');
      expect(metrics).toMatch(/^messaging_refreshes_total\{outcome="failed"\} [3-9]$/m);
      expect(metrics).toMatch(/^messaging_refresh_consecutive_failures [3-9]$/m);
    });
    await expectReads(api, messageId);

    await end();
    await worker.untilReady();
    await database.untilViewIsCurrent();
    await expectListToBeginWith(api, messageId);
    await expectBackoff(database);
    await eventually(() => expectOneLineEach(worker, reason)); // logged a moment after it is ready again
  },
  120_000,
);

/** Each pause is at least twice the one before; the first is a second. */
async function expectBackoff(database: FaultDatabase): Promise<void> {
  const failures = (await database.listRefreshes()).filter(({ error }) => error !== null);
  const pausesMs = failures.slice(1).map(({ startedMs }, at) => startedMs - (failures[at]?.finishedMs ?? 0));
  expect(pausesMs.length).toBeGreaterThanOrEqual(2);
  pausesMs.forEach((pauseMs, at) => {
    expect(pauseMs).toBeGreaterThanOrEqual(1_000 * 2 ** at);
  });
}

function expectOneLineEach(worker: ChildProcess, reason: string): void {
  const lines = worker.logLines().filter(({ msg }) => ['refresh failed', 'refresh works again'].includes(msg));
  expect(lines).toMatchObject([
    { level: 'error', msg: 'refresh failed', err: { message: reason } },
    { level: 'info', msg: 'refresh works again' },
  ]);
}
