import type { Pool } from '../connection/pool.ts';
import { many } from '../connection/sql.ts';
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
       from conversation_changes c
       left join lateral (select * from current_conversations where contact_id = c.contact_id offset 0) truth on true
       where c.contact_id between $1 and $2
         and (c.name, c.phone_number, c.last_message_id, c.preview, c.last_message_at) is distinct from
           (truth.name, truth.phone_number, truth.last_message_id, truth.preview, truth.last_message_at)`,
    ),
  repair: recordAsChanged,
};

/** Makes contacts pending with their current state. Lists are correct at once; the next refresh corrects the view. */
export async function recordAsChanged(pool: Pool, { contactIds }: Differences): Promise<void> {
  await many(pool, 'select record_conversation_changes($1::bigint[])', [contactIds]);
}
