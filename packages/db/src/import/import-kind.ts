import { importedContact, importedMessage } from '@messaging/shared';
import type { z } from 'zod';
import type { StoreLines } from './import-batch.ts';
import { type ContactLine, storeContacts } from './store-contacts.ts';
import { type MessageLine, storeMessages } from './store-messages.ts';

/** What a command imports: how a line is read, and how lines are stored. */
export interface ImportKind<Line extends { line: number }> {
  command: string;
  schema: z.ZodType<Omit<Line, 'line'>>;
  store: StoreLines<Line>;
  /** What a line can come to, besides being rejected. */
  outcomes: readonly string[];
}

export const messageImport: ImportKind<MessageLine> = {
  command: 'import-messages',
  schema: importedMessage,
  store: storeMessages,
  outcomes: ['imported', 'duplicates'],
};

export const contactImport: ImportKind<ContactLine> = {
  command: 'import-contacts',
  schema: importedContact,
  store: storeContacts,
  outcomes: ['created', 'updated', 'unchanged'],
};
