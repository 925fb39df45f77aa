/** Columns of a conversation in the view, in the pending changes, and in the merge of both. */
const CONVERSATION_COLUMNS = 'contact_id, name, phone_number, last_message_id, preview, last_message_at';

/**
 * `offset 0` makes this a probe of the primary key for each row, whatever the planner knows of the table: a prepared
 * plan that was made while it was empty, and joins it whole, would be used when it has 50,000 rows.
 */
const UNCHANGED = 'not exists (select from conversation_changes c where c.contact_id = v.contact_id offset 0)';

export const NEWEST_FIRST = 'order by last_message_at desc, contact_id desc';

/**
 * SQL for the conversations as they are now, newest first: the pending changes, and the view without the contacts that
 * have one. Each side is read in index order, and only as far as `limit` needs it.
 */
export const mergedConversations = ({ where = '', limit }: { where?: string; limit: string }): string => `
  select ${CONVERSATION_COLUMNS} from (
    (select ${CONVERSATION_COLUMNS} from conversation_changes
     where last_message_at is not null ${where} ${NEWEST_FIRST} limit ${limit})
    union all
    (select ${CONVERSATION_COLUMNS} from recent_conversations v
     where ${UNCHANGED} ${where}
     ${NEWEST_FIRST} limit ${limit})
  ) merged
  ${NEWEST_FIRST} limit ${limit}`;

/**
 * As mergedConversations, but keys only, which both indexes hold; oldest first when `direction` is `asc`. For statements
 * that are planned anew each time: over many rows the best way to leave out the changed ones depends on how many there are.
 */
export const mergedKeys = (direction: 'asc' | 'desc', limit: string): string => {
  const order = `order by last_message_at ${direction}, contact_id ${direction}`;
  return `
    (select last_message_at, contact_id from conversation_changes
     where last_message_at is not null ${order} limit ${limit})
    union all
    (select last_message_at, contact_id from recent_conversations v
     where not exists (select from conversation_changes c where c.contact_id = v.contact_id) ${order} limit ${limit})
    ${order}`;
};
