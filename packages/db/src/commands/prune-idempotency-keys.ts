import type { Pool } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';
import { IS_KEPT } from './idempotency.ts';

const PRUNED_AT_ONCE = 5_000;

/** Deletes expired keys in batches until `signal` aborts. Returns the number of deleted keys. */
export async function pruneIdempotencyKeys(pool: Pool, signal?: AbortSignal): Promise<number> {
  let pruned = 0;
  while (!signal?.aborted) {
    const rows = await many(pool, PRUNE, [PRUNED_AT_ONCE]);
    pruned += rows.length;
    if (rows.length < PRUNED_AT_ONCE) break;
  }
  return pruned;
}

const PRUNE = `
  delete from idempotency_keys where ctid = any(array(
    select ctid from idempotency_keys where not ${IS_KEPT} limit $1 for update skip locked
  )) returning 1`;
