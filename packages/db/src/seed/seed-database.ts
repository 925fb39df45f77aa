import { setTimeout as wait } from 'node:timers/promises';
import { createLogger, type Logger } from '@messaging/shared';
import { createPool } from '../connection/pool.ts';
import { RECENT_CONVERSATIONS } from '../connection/read-models.ts';
import { migrate } from '../schema/migrate.ts';
import { indexSegments } from '../search-index/index-segments.ts';
import { buildSegments } from '../search-index/segments.ts';
import { DatabaseNotEmptyError, InvalidSeedOptionsError, SeedInProgressError, SeedInterruptedError } from './errors.ts';
import type { DataSetSize } from './generate.ts';
import { load } from './load.ts';
import type { SeedProgress } from './progress.ts';
import { type PhaseDuration, withSeedSession } from './session.ts';

/** The data set, and whether it may replace the existing data. */
export interface SeedOptions extends DataSetSize {
  reset: boolean;
}

/** The loaded data, and the duration of each step. */
export interface SeedSummary extends DataSetSize {
  durationMs: number;
  phases: PhaseDuration[];
}

/** The build folds every text. Two backends use all cores of a small machine. */
const BUILD_CONNECTIONS = 2;
const ASK_AGAIN_MS = 100;

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
  progress: SeedProgress,
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
    return await withSeedSession(connectionString, progress, signal, async (session) => {
      await load(session, options);
      isLoaded = true;
      await session.phase('search index', () => buildIndex(connectionString, logger, signal));
      await session.phase('vacuum and analyze', () =>
        session.run(
          `vacuum (analyze) contacts, messages, ${RECENT_CONVERSATIONS}, conversation_changes, message_segments, segment_slices`,
        ),
      );
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

/**
 * Runs after the commit, in ranges. The worker continues an interrupted build, and searches stay correct meanwhile. The
 * index is built while other segments are still being built, so that this process and PostgreSQL both have work.
 */
async function buildIndex(connectionString: string, logger: Logger, signal: AbortSignal): Promise<void> {
  const database = { connectionString, poolSize: BUILD_CONNECTIONS + 1, statementTimeoutMs: 0 };
  const pool = createPool(database, logger, 'messaging-seed');
  try {
    let isBuilt = false;
    const building = buildSegments(pool, { connections: BUILD_CONNECTIONS, signal }).finally(() => {
      isBuilt = true;
    });
    while (!isBuilt && !signal.aborted) {
      const blocksAdded = await indexSegments(pool, { signal });
      if (blocksAdded === 0) await Promise.race([building, wait(ASK_AGAIN_MS)]);
    }
    await building;
    signal.throwIfAborted();
    await indexSegments(pool, { all: true, signal });
    signal.throwIfAborted();
  } finally {
    await pool.end();
  }
}
