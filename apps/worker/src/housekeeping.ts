import {
  buildSegments,
  compactIndex,
  indexSegments,
  type Pool,
  pruneChangeLog,
  pruneIdempotencyKeys,
} from '@messaging/db';
import type { Logger, Running } from '@messaging/shared';
import type { WorkerConfig } from './config.ts';
import { startRepeating } from './repeat.ts';

const PRUNE_INTERVAL_MS = 600_000;
const COMPACTION_INTERVAL_MS = 600_000;

/** Builds the segments of messages that were there before them, and adds full blocks of segments to the index. */
export function startSearchIndexBuilder(config: WorkerConfig, pool: Pool, logger: Logger): Running {
  return startRepeating('update search index', config.sweepIntervalMs, logger, async (signal) => {
    const segmentRanges = await buildSegments(pool, { signal });
    const blocksAdded = await indexSegments(pool, { signal });
    if (segmentRanges + blocksAdded > 0) logger.info({ segmentRanges, blocksAdded }, 'search index updated');
  });
}

/** Gives back the space of blocks of the index whose segments have been written again or deleted. */
export function startCompaction(pool: Pool, logger: Logger): Running {
  return startRepeating('compact search index', COMPACTION_INTERVAL_MS, logger, async () => {
    const segmentsMoved = await compactIndex(pool);
    if (segmentsMoved > 0) logger.info({ segmentsMoved }, 'search index compacted');
  });
}

/** Deletes the idempotency keys whose time is over. */
export function startPruner(pool: Pool, logger: Logger): Running {
  return startRepeating('prune idempotency keys', PRUNE_INTERVAL_MS, logger, async (signal) => {
    const keys = await pruneIdempotencyKeys(pool, signal);
    if (keys > 0) logger.info({ keys }, 'idempotency keys pruned');
  });
}

/** Deletes what the live changes keep for longer than a cursor is known. */
export function startChangeLogPruner(config: WorkerConfig, pool: Pool, logger: Logger): Running {
  return startRepeating('prune change log', PRUNE_INTERVAL_MS, logger, async () => {
    const conversations = await pruneChangeLog(pool, config.changesRetentionHours);
    if (conversations > 0) logger.info({ conversations }, 'change log pruned');
  });
}
