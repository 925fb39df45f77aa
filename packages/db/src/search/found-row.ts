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
