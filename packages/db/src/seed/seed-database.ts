import { createLogger, type Logger } from '@messaging/shared';
import { finishLoad } from '../bulk-load/finish-load.ts';
import { type PhaseDuration, withLoadSession } from '../bulk-load/load-session.ts';
import type { LoadProgress } from '../bulk-load/progress.ts';
import { migrate } from '../schema/migrate.ts';
import { DatabaseNotEmptyError, InvalidSeedOptionsError, SeedInProgressError, SeedInterruptedError } from './errors.ts';
import type { DataSetSize } from './generate.ts';
import { load } from './load.ts';
import { takeSeedLock } from './seed-lock.ts';

/** The data set, and whether it may replace the existing data. */
export interface SeedOptions extends DataSetSize {
  reset: boolean;
}

/** The loaded data, and the duration of each step. */
export interface SeedSummary extends DataSetSize {
  durationMs: number;
  phases: PhaseDuration[];
}

/**
 * Migrates the database and loads the data set in one transaction. When it resolves, all data is present, with view and
 * statistics. When it throws, or the process is killed, the database is unchanged. Readers of the tables wait
 * meanwhile.
 * @throws InvalidSeedOptionsError, DatabaseNotEmptyError (without `reset`), SeedInProgressError, SeedInterruptedError
 * (`signal` was aborted), UnsuitableDatabaseError, or PostgreSQL's errors
 */
export async function seedDatabase(
  connectionString: string,
  options: SeedOptions,
  progress: LoadProgress,
  logger: Logger = createLogger({ level: 'silent', pretty: false }, 'seed'),
  signal: AbortSignal = new AbortController().signal,
): Promise<SeedSummary> {
  const { contacts, messages, seed } = options;
  if (contacts === 0 && messages > 0) {
    throw new InvalidSeedOptionsError(
      'Messages need a contact to belong to: give --contacts at least 1, or --messages 0.',
    );
  }
  const beganAtMs = performance.now();
  let isLoaded = false;
  try {
    const applied = await migrate(connectionString, logger);
    if (applied.length > 0) progress.notice(`Migrated the database: ${applied.join(', ')}.`);
    return await withLoadSession(connectionString, 'messaging-seed', { progress, signal }, async (session) => {
      await takeSeedLock(session);
      await load(session, options);
      isLoaded = true;
      await finishLoad(session, connectionString, logger);
      return {
        contacts,
        messages,
        seed,
        durationMs: Math.round(performance.now() - beganAtMs),
        phases: session.phases,
      };
    });
  } catch (error) {
    const isRefusal = error instanceof DatabaseNotEmptyError || error instanceof SeedInProgressError;
    if (signal.aborted && !isRefusal) throw new SeedInterruptedError(isLoaded, { cause: error });
    throw error;
  }
}
