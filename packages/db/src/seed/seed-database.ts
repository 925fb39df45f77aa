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

/** The data set, and whether it may replace what the database holds. */
export interface SeedOptions extends DataSetSize {
  reset: boolean;
}

/** What was loaded, and how long each step took. */
export interface SeedSummary extends DataSetSize {
  durationMs: number;
  phases: PhaseDuration[];
}

/** The build folds every text: two backends are as many as a small machine has cores. */
const BUILD_CONNECTIONS = 2;
const ASK_AGAIN_MS = 100;

/**
 * Migrates the database and loads the data set in one transaction: when it resolves everything is there, with view and
 * statistics; when it throws, or the process is killed, the database holds what it held before. Readers of the tables
 * wait meanwhile.
 * @throws InvalidSeedOptionsError, DatabaseNotEmptyError (without `reset`), SeedInProgressError,
 * SeedInterruptedError (`signal` was aborted), UnsuitableDatabaseError, or what PostgreSQL says
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
 * After the commit, in ranges: an interrupted build is gone on with by the worker, and searches are right meanwhile. The index
 * is made from the segments while others are built: one process, and PostgreSQL, have something to do each.
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
