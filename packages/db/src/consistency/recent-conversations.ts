import { RECENT_CONVERSATIONS } from '../connection/read-models.ts';
import { maybeOne } from '../connection/sql.ts';
import type { Check } from './check.ts';
import { findByStatement } from './contact-ranges.ts';
import { recordAsChanged } from './conversation-changes.ts';

/** The view: rows of contacts without a pending change must be current. */
export const checkRecentConversations: Check = {
  table: RECENT_CONVERSATIONS,
  async find(db) {
    const isFilled = await maybeOne(db, 'select from pg_class where oid = to_regclass($1) and relispopulated', [
      RECENT_CONVERSATIONS,
    ]);
    if (!isFilled) return { count: 1, contactIds: [], note: 'is missing or empty' };
    return findByStatement(db, 5_000, DIFFERENT);
  },
  async repair(pool, differences) {
    if (differences.note) {
      await pool.query('call build_recent_conversations()');
      await pool.query(`refresh materialized view ${RECENT_CONVERSATIONS}`);
    } else await recordAsChanged(pool, differences);
  },
};

const DIFFERENT = `
  with truth as materialized (
    select current_conversations.* from contacts
    cross join lateral (select * from current_conversations where contact_id = contacts.id offset 0) current_conversations
    where contacts.id between $1 and $2
  ), shown as materialized (
    select * from ${RECENT_CONVERSATIONS} where contact_id between $1 and $2
  )
  select contact_id as "contactId"
  from truth full join shown using (contact_id)
  where row(truth.*) is distinct from row(shown.*)
    and contact_id not in (select contact_id from conversation_changes where contact_id between $1 and $2)`;
