import { CONVERSATION_COLUMNS } from './conversation-columns.ts';

/**
 * `offset 0` makes this a primary key probe for each row, whatever the planner's estimate of the table is. Otherwise a
 * prepared plan that was made while the table was empty would join the whole table, also when it has 50,000 rows.
 */
export const UNCHANGED = 'not exists (select from conversation_changes c where c.contact_id = v.contact_id offset 0)';

export const NEWEST_FIRST = 'order by last_message_at desc, contact_id desc';

/**
 * SQL for the current conversations, newest first: the pending changes, and the rows of the view whose contact has no
 * change. Each side is read in index order, and only as far as `limit` needs.
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
 * Like mergedConversations, but returns keys only, which both indexes contain. The oldest come first when `direction`
 * is `asc`. For statements that are planned at each execution: over many rows, the best way to exclude changed contacts
 * depends on their number.
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
