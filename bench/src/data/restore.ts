import { refreshRecentConversations } from '@messaging/db';
import pg from 'pg';
import type { Marker } from './marker.ts';

/** The suffix of names that a benchmark changes. No generated name ends with it. */
export const RENAME_SUFFIX = ' (renamed)';

/** Undoes the writes of benchmarks, including killed ones. Cheap if there is nothing to undo. */
export async function restoreData(connectionString: string, { lastMessageId }: Marker): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query('alter table messages enable trigger user');
    await client.query('delete from usual.messages where id > $1', [lastMessageId]);
    await client.query('truncate idempotency_keys');
    const deleted = await deleteMessages(client, lastMessageId);
    const renamed = await client.query("update contacts set name = left(name, -length($1)) where name like '%' || $1", [
      RENAME_SUFFIX,
    ]);
    const { rowCount: pending } = await client.query('select from conversation_changes limit 1');
    if (deleted === 0 && !renamed.rowCount && !pending) return;
    await refreshRecentConversations({ connectionString, poolSize: 1, statementTimeoutMs: 0 }, { timeoutMs: 600_000 });
    await client.query(
      'vacuum analyze messages, message_segments, unsegmented_messages, contacts, conversation_changes, recent_conversations',
    );
  } finally {
    await client.end();
  }
}

/** In small batches, because a trigger may scan the other deleted rows for each deleted row. */
async function deleteMessages(client: pg.Client, lastMessageId: number): Promise<number> {
  for (let deleted = 0; ; ) {
    const { rowCount } = await client.query(
      'delete from messages where id in (select id from messages where id > $1 order by id limit 500)',
      [lastMessageId],
    );
    if (!rowCount) return deleted;
    deleted += rowCount;
  }
}
