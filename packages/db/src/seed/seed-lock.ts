import { setTimeout as wait } from 'node:timers/promises';
import type { LoadSession } from '../bulk-load/load-session.ts';
import { SEED_LOCK } from '../connection/advisory-locks.ts';
import { one } from '../connection/sql.ts';
import { SeedInProgressError } from './errors.ts';

/**
 * Takes the lock that only one seed can hold. Waits a few seconds, because the server needs a moment to notice that the
 * last seed was killed.
 * @throws SeedInProgressError
 */
export async function takeSeedLock({ client, signal }: LoadSession): Promise<void> {
  const deadlineMs = Date.now() + 3_000;
  for (;;) {
    signal.throwIfAborted();
    const { taken } = await one<{ taken: boolean }>(client, `select pg_try_advisory_lock(${SEED_LOCK}) as taken`);
    if (taken) return;
    if (Date.now() > deadlineMs) throw new SeedInProgressError();
    await wait(200);
  }
}
