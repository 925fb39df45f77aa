import type { Pool, Queryable } from '../connection/pool.ts';
import { many, one } from '../connection/sql.ts';

/** Contacts whose messages are moved in one transaction. */
const CONTACTS_AT_ONCE = 1_000;

/**
 * Builds the missing segments, range by range, on `connections` connections. Returns the number of ranges that it
 * built. Searches stay correct meanwhile, but are slower. Several processes may run it at the same time. After an
 * interruption it continues with the remaining ranges.
 */
export async function buildSegments(
  pool: Pool,
  { connections = 1, signal }: { connections?: number; signal?: AbortSignal } = {},
): Promise<number> {
  let built = 0;
  const build = async (): Promise<void> => {
    while (!signal?.aborted) {
      const { wasBuilt } = await one<{ wasBuilt: boolean }>(pool, 'select build_segments() as "wasBuilt"');
      if (!wasBuilt) return;
      built += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, build));
  return built;
}

/**
 * Moves the unsegmented messages of contacts whose change the snapshot can see into segments, and records the lengths
 * of their threads. Must run before those changes are deleted. Returns the number of messages that it moved.
 */
export async function segmentChanges(db: Queryable, snapshot: string): Promise<number> {
  const changed = await many<{ contactId: number }>(
    db,
    `select contact_id as "contactId" from conversation_changes
     where pg_visible_in_snapshot(changed_by, $1::pg_snapshot) order by contact_id`,
    [snapshot],
  );
  let written = 0;
  for (let at = 0; at < changed.length; at += CONTACTS_AT_ONCE) {
    const ids = changed.slice(at, at + CONTACTS_AT_ONCE).map(({ contactId }) => contactId);
    written += (await one<{ written: number }>(db, 'select segment_messages($1) as written', [ids])).written;
  }
  return written;
}
