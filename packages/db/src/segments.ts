import type { Pool, Queryable } from './pool.ts';
import { many, one } from './sql.ts';

/** Contacts whose segments are merged in one transaction. */
const MERGE_BATCH = 1_000;

/**
 * Builds the segments of messages that have none, range by range, on `connections` connections at once; returns how
 * many ranges it built. Searches are right meanwhile, only slower. Several processes may do it; it goes on where it was
 * interrupted.
 */
export async function buildSegments(
  pool: Pool,
  { connections = 1, signal }: { connections?: number; signal?: AbortSignal } = {},
): Promise<number> {
  let built = 0;
  const build = async (): Promise<void> => {
    while (!signal?.aborted) {
      const { wasBuilt } = await one<{ wasBuilt: boolean }>(pool, 'select build_message_segments() as "wasBuilt"');
      if (!wasBuilt) return;
      built += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, build));
  return built;
}

/** Merges the small segments of the contacts whose change the snapshot can see; returns how many were merged. */
export async function mergeSegments(db: Queryable, snapshot: string): Promise<number> {
  const changed = await many<{ contactId: number }>(
    db,
    `select contact_id as "contactId" from conversation_changes
     where pg_visible_in_snapshot(changed_by, $1::pg_snapshot) order by contact_id`,
    [snapshot],
  );
  let merged = 0;
  for (let at = 0; at < changed.length; at += MERGE_BATCH) {
    const ids = changed.slice(at, at + MERGE_BATCH).map(({ contactId }) => contactId);
    merged += (await one<{ merged: number }>(db, 'select merge_message_segments($1) as merged', [ids])).merged;
  }
  return merged;
}
