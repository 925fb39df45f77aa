import type { Pool } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';
import { CONVERSATION_COLUMNS } from '../queries/conversation-columns.ts';
import type { Check, Differences } from './check.ts';
import { findByStatement } from './contact-ranges.ts';

/** Pending changes: each is the current conversation, or empty if the contact has no message. */
export const checkConversationChanges: Check = {
  table: 'conversation_changes',
  find: (db) =>
    findByStatement(
      db,
      20_000,
      `select c.contact_id as "contactId"
       from (select ${CONVERSATION_COLUMNS} from conversation_changes where contact_id between $1 and $2) c
       cross join lateral conversations_of(array[c.contact_id]) truth
       where row(c.*) is distinct from row(truth.*)`,
    ),
  repair: recordAsChanged,
};

/** Makes contacts pending with their current state. Lists are correct at once; the next refresh corrects the view. */
export async function recordAsChanged(pool: Pool, { contactIds }: Differences): Promise<void> {
  await many(pool, 'select record_conversation_changes($1::bigint[])', [contactIds]);
}
