import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '@messaging/shared';
import { createPool } from '../connection/pool.ts';
import { RECENT_CONVERSATIONS } from '../connection/read-models.ts';
import { indexSegments } from '../search-index/index-segments.ts';
import { buildSegments } from '../search-index/segments.ts';
import type { LoadSession } from './load-session.ts';

/** The build folds every text. Two backends use all cores of a small machine. */
const BUILD_CONNECTIONS = 2;
const ASK_AGAIN_MS = 100;
const VACUUMED = `contacts, messages, ${RECENT_CONVERSATIONS}, conversation_changes, message_segments, segment_slices`;

/**
 * Builds the segments of a committed load and their index, then vacuums and analyzes. The worker continues what is
 * interrupted, and searches stay correct meanwhile.
 */
export async function finishLoad(session: LoadSession, connectionString: string, logger: Logger): Promise<void> {
  await session.phase('search index', () => buildIndex(connectionString, logger, session.signal));
  await session.phase('vacuum and analyze', () => session.run(`vacuum (analyze) ${VACUUMED}`));
}

/** Indexes while other segments are still being built, so that this process and PostgreSQL both have work. */
async function buildIndex(connectionString: string, logger: Logger, signal: AbortSignal): Promise<void> {
  const database = { connectionString, poolSize: BUILD_CONNECTIONS + 1, statementTimeoutMs: 0 };
  const pool = createPool(database, logger, 'messaging-build-index');
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
