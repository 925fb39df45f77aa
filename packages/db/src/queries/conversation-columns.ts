import { isoUtc } from './page.ts';

/** The columns of current_conversations, of the view and of the pending changes. */
export const CONVERSATION_COLUMNS =
  'contact_id, name, phone_number, last_message_id, preview, last_message_direction, last_message_at';

/** SQL for the fields of a conversation in a response, but `match`. */
export const CONVERSATION_FIELDS = `
  contact_id as "contactId", name, phone_number as "phoneNumber", (
    select row_to_json(last_message)
    from (
      select last_message_id as id, preview, last_message_direction as direction, ${isoUtc('last_message_at')} as "createdAt"
    ) last_message
  ) as "lastMessage"`;
