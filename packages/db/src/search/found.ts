import type { Conversation } from '@messaging/shared';
import { CONVERSATION_FIELDS } from '../queries/conversation-columns.ts';

/** The sort key of the conversation before the first wanted one. */
export type AfterKey = [lastMessageAt: string, contactId: number] | null;

/**
 * Which of the matching conversations are requested: `limit` of them, after a key, and after skipping `offset` more. None
 * whose last message is older than `from`.
 */
export interface Range {
  after: AfterKey;
  from?: string | undefined;
  offset: number;
  limit: number;
}

/** A matching conversation, before the matching field is known. */
export interface FoundRow extends Omit<Conversation, 'match'> {
  /** The time of the last message, to sort by. */
  lastAt: string;
  [column: string]: unknown;
}

/**
 * The requested conversations, or fewer if there are no more, and the number of matches after the key: exact, or a
 * lower bound.
 */
export interface Found {
  rows: FoundRow[];
  total: number;
  totalIsExact: boolean;
  way: 'recent' | 'filtered';
}

/** SQL for the columns of a conversation in the form of FoundRow. */
export const FOUND_COLUMNS = `${CONVERSATION_FIELDS}, last_message_at as "lastAt"`;

/** SQL for the contacts whose name or phone number contains the term `$1`, or whose phone number has the digits `$2`. */
export const NAMED_CONTACTS = `
    select id from contacts
    where contact_pieces(name_folded, phone_number_folded, phone_digits) @> term_pieces($1)
      and (strpos(name_folded, $1) > 0 or strpos(phone_number_folded, $1) > 0)
    union
    select id from contacts
    where contact_pieces(name_folded, phone_number_folded, phone_digits) @> term_pieces($2) and strpos(phone_digits, $2) > 0`;
