import type { Queryable } from '../connection/pool.ts';
import { CHANGES_CHANNEL } from '../connection/read-models.ts';
import { many } from '../connection/sql.ts';

const ANNOUNCE = `
  select pg_notify('${CHANGES_CHANNEL}', $1)
  where not exists (select from conversation_changes order by contact_id limit 1)`;

/**
 * Lets the refresh that a write is about to ask for belong to the write's trace: says on the channel of the triggers,
 * before them and when they would, which trace it is. To be run in the transaction of the write, so that both are heard
 * when it commits, or neither. While changes are pending it says nothing: their refresh belongs to who announced them.
 */
export async function announceTrace(db: Queryable, traceparent: string): Promise<void> {
  await many(db, ANNOUNCE, [traceparent], 'announce-trace');
}
