import { many } from '../connection/sql.ts';
import type { Check } from './check.ts';
import { findByStatement } from './contact-ranges.ts';

/** The lengths of very long threads, for contacts without a pending change. */
export const checkThreadLengths: Check = {
  table: 'thread_lengths',
  find: (db) =>
    findByStatement(
      db,
      1_000_000,
      `select contact_id as "contactId" from thread_lengths known
       where contact_id between $1 and $2
         and contact_id not in (select contact_id from conversation_changes)
         and message_count <> (select count(*) from messages where contact_id = known.contact_id)`,
    ),
  async repair(pool, { contactIds }) {
    // If a contact has no stored length, the segments are summed.
    await many(pool, 'delete from thread_lengths where contact_id = any($1::bigint[])', [contactIds]);
  },
};
