import { setTimeout as wait } from 'node:timers/promises';
import { createOutageLog, type Logger, reasonOf, UnavailableError } from '@messaging/shared';
import { translatePgError } from './pg-errors.ts';
import type { Pool } from './pool.ts';

/**
 * Resolves when the database responds. Retries every second, and logs when the wait begins and ends.
 * @throws UnavailableError when it has not responded within `timeoutMs`; throws at once an error that a retry cannot
 * fix (a wrong password)
 */
export async function waitForDatabase(pool: Pool, logger: Logger, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  const outage = createOutageLog(logger, 'database');
  for (;;) {
    try {
      await pool.query('select 1');
      outage.worked();
      return;
    } catch (error) {
      const failure = translatePgError(error);
      if (!(failure instanceof UnavailableError)) throw failure;
      if (performance.now() >= deadline) {
        const seconds = Math.round(timeoutMs / 1_000);
        throw new UnavailableError(
          `The database did not answer within ${seconds} s (${reasonOf(error)}). Check DB_HOST and DB_PORT, or DATABASE_URL, and that PostgreSQL runs.`,
          { cause: error },
        );
      }
      outage.failed(error);
      await wait(1_000);
    }
  }
}
