import { isoUtc } from './page.ts';

/**
 * SQL for a message in the list of all messages. `joins` adds the message and its contact to a relation `k` of ids, `columns` are
 * those of both, and `fields` the fields of a response, but `match`.
 */
export const LISTED_MESSAGE = {
  joins: `
    cross join lateral (select * from messages where id = k.id offset 0) m
    join contacts c on c.id = m.contact_id`,
  columns: 'm.id, m.contact_id, c.name, left(m.content, 280) as preview, m.direction, m.created_at as sort_at',
  fields: `id, contact_id as "contactId", name as "contactName", preview, direction, ${isoUtc('sort_at')} as "createdAt"`,
} as const;
