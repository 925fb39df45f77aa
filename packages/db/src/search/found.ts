/** The conversation to go on after: the sort key of the row before. */
export type AfterKey = [lastMessageAt: string, contactId: number] | null;

/** Which of the conversations that match are wanted: `limit` of them, after a key, and after `offset` more. */
export interface Range {
  after: AfterKey;
  offset: number;
  limit: number;
}

/** A conversation that matches, before it is known how. */
export interface FoundRow {
  contactId: number;
  name: string;
  phoneNumber: string;
  lastMessageId: number;
  preview: string;
  createdAt: string;
  [column: string]: unknown;
}

/** The wanted conversations, or all there are, and how many match after the key: at least so many, if not exactly. */
export interface Found {
  rows: FoundRow[];
  total: number;
  totalIsExact: boolean;
  way: 'recent' | 'filtered';
}

/** SQL for the columns of a row of conversations as FoundRow has them. */
export const FOUND_COLUMNS = `
  contact_id as "contactId", name, phone_number as "phoneNumber", last_message_id as "lastMessageId", preview,
  last_message_at as "createdAt"`;
