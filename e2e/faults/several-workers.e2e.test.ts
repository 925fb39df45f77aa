import { expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { createFaultDatabase, type FaultDatabase, startWorker } from './harness/index.ts';

/** Each worker is as eager as can be, and does not wait for the queue to choose one: only the lock keeps them apart. */
const EAGER = {
  REFRESH_QUIET_MS: '0',
  REFRESH_MAX_WAIT_MS: '0',
  REFRESH_REST_FACTOR: '0',
  REFRESH_DIRECT_AFTER_MS: '0',
  SWEEP_INTERVAL_MS: '50',
  LOG_LEVEL: 'debug',
};
const REFRESHES = 15;

test.each([2, 4])(
  '%d workers never refresh at once, and killing all but one leaves the work done',
  async (count) => {
    const database = await createFaultDatabase();
    const env = { ...EAGER, DATABASE_URL: database.connectionString };
    const workers = await Promise.all(Array.from({ length: count }, () => startWorker(env)));
    await writeUntilRefreshed(database, REFRESHES);
    await eventually(async () => {
      await database.send(1);
      const metrics = await Promise.all(workers.map((worker) => worker.get<string>('/metrics')));
      const skipped = /^messaging_refreshes_total\{outcome="skipped"\} [1-9]/m;
      expect(metrics.filter(({ body }) => skipped.test(body))).not.toEqual([]); // they did meet
    });
    for (const worker of workers.slice(1)) {
      await worker.kill();
      await writeUntilRefreshed(database, 3);
    }
    await database.untilViewIsCurrent();

    const refreshes = await database.listRefreshes();
    const overlaps = refreshes.filter(({ startedMs }, at) => {
      const { finishedMs } = refreshes[at - 1] ?? {};
      return finishedMs === null || (finishedMs !== undefined && finishedMs > startedMs);
    });
    expect(overlaps).toEqual([]);
  },
  180_000,
);

/** Writes until there are so many more refreshes than now. */
async function writeUntilRefreshed({ send, listRefreshes }: FaultDatabase, more: number): Promise<void> {
  const before = (await listRefreshes()).length;
  await eventually(
    async () => {
      await send(1);
      expect((await listRefreshes()).length).toBeGreaterThanOrEqual(before + more);
    },
    { timeoutMs: 30_000, intervalMs: 5 },
  );
}
