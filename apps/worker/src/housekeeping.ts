import { buildNgrams, buildSegments, type Pool, pruneIdempotencyKeys } from '@messaging/db';
import type { Logger, Running } from '@messaging/shared';
import type { WorkerConfig } from './config.ts';
import { startRepeating } from './repeat.ts';

const PRUNE_INTERVAL_MS = 600_000;

/** Builds what searches look at, where messages were there before it. */
export function startSearchIndexBuilder(config: WorkerConfig, pool: Pool, logger: Logger): Running {
  return startRepeating('build search indexes', config.sweepIntervalMs, logger, async (signal) => {
    const segmentRanges = await buildSegments(pool, { signal });
    const ngramRanges = await buildNgrams(pool, { signal }); // is made from the segments
    if (segmentRanges + ngramRanges > 0) logger.info({ segmentRanges, ngramRanges }, 'search indexes built');
  });
}

/** Deletes the idempotency keys whose time is over. */
export function startPruner(pool: Pool, logger: Logger): Running {
  return startRepeating('prune idempotency keys', PRUNE_INTERVAL_MS, logger, async (signal) => {
    const keys = await pruneIdempotencyKeys(pool, signal);
    if (keys > 0) logger.info({ keys }, 'idempotency keys pruned');
  });
}
