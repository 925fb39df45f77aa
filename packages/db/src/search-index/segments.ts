import type { Pool, Queryable } from '../connection/pool.ts';
import { many, one } from '../connection/sql.ts';

/** Contacts whose messages are moved in one transaction. */
const CONTACTS_AT_ONCE = 1_000;

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
      const { wasBuilt } = await one<{ wasBuilt: boolean }>(pool, 'select build_segments() as "wasBuilt"');
      if (!wasBuilt) return;
      built += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, build));
  return built;
}

/**
 * Moves the unsegmented messages of the contacts whose change the snapshot can see into segments, and records the lengths of
 * their threads. To be called before those changes are forgotten. Returns how many messages were written into segments.
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
