import type { Queryable } from '../connection/pool.ts';
import { CHANGES_CHANNEL } from '../connection/read-models.ts';
import { many } from '../connection/sql.ts';

const ANNOUNCE = `
  select pg_notify('${CHANGES_CHANNEL}', $1)
  where not exists (select from conversation_changes order by contact_id limit 1)`;

/**
 * Makes the refresh that a write triggers part of the write's trace. It sends the trace id on the triggers' channel,
 * before the triggers notify and under the same condition. Must run in the transaction of the write, so that both
 * notifications are delivered when it commits, or neither. While changes are pending it sends nothing: their refresh
 * belongs to the write that announced them.
 */
export async function announceTrace(db: Queryable, traceparent: string): Promise<void> {
  await many(db, ANNOUNCE, [traceparent], 'announce-trace');
}
