import { isoUtc } from './page.ts';

/** SQL for the fields of a message in a response. `content` is an expression for its content. */
export const messageFields = (content = 'content'): string =>
  `id, contact_id as "contactId", ${content} as content, direction, ${isoUtc('created_at')} as "createdAt"`;
