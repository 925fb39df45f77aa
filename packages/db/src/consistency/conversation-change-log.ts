import type { Check } from './check.ts';
import { findByStatement } from './contact-ranges.ts';
import { recordAsChanged } from './conversation-changes.ts';

/** The log of the live changes, for contacts without a pending change: its last message is the conversation's. */
export const checkConversationChangeLog: Check = {
  table: 'conversation_change_log',
  find: (db) =>
    findByStatement(
      db,
      20_000,
      `select known.contact_id as "contactId"
       from (select contact_id, last_message_id from conversation_change_log where contact_id between $1 and $2) known
       cross join lateral conversations_of(array[known.contact_id]) truth
       where known.last_message_id is distinct from truth.last_message_id
         and known.contact_id not in (select contact_id from conversation_changes where contact_id between $1 and $2)`,
    ),
  // A pending change is sent again, as it is; the next refresh logs it.
  repair: recordAsChanged,
};
