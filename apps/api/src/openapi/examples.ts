import { encodeCursor } from '@messaging/shared';

const createdAt = '2026-01-31T09:30:00.000000Z';
const contact = {
  id: 7,
  externalId: 'crm-7',
  name: 'José García',
  phoneNumber: '+34 610 28 63 86',
  createdAt,
  updatedAt: createdAt,
};
const message = {
  id: 42,
  contactId: 7,
  content: 'Nos vemos mañana.',
  direction: 'outbound',
  createdAt: '2026-02-01T08:00:00.123456Z',
} as const;
const pagination = {
  page: 1,
  pageSize: 1,
  total: 2,
  totalPages: 2,
  totalIsExact: true,
  hasMore: true,
  nextCursor: encodeCursor('contacts', [7]),
};

const { content: preview, contactId, ...written } = message;
const lastMessage = { ...written, preview };
const conversation = { contactId: 7, name: contact.name, phoneNumber: contact.phoneNumber, lastMessage };
const match = { field: 'name', snippet: contact.name, ranges: [[0, 4]], messageId: null };

const messageMatch = { field: 'message', snippet: preview, ranges: [[10, 16]], messageId: message.id };
const listedMessage = { ...written, contactId, contactName: contact.name, preview };
const lines = (rows: object[]): string => rows.map((row) => JSON.stringify(row)).join('\n');

/** Answers and requests as they could be; a test holds each against its schema. */
export const examples = {
  contact,
  contactDetail: { ...contact, lastMessageAt: message.createdAt },
  message,
  changes: { changes: [{ contactId: 7, kind: 'changed', lastMessageId: 4711 }], cursor: 'kV3xTq0_WyI3NTI5Il0' },
  conversationsPage: { conversations: [{ ...conversation, match: null }], pagination },
  foundConversationsPage: { conversations: [{ ...conversation, match }], pagination },
  contactsPage: { contacts: [contact], pagination },
  messagesPage: { messages: [message], pagination },
  messageDetail: { ...message, clientMessageId: 'old-1' },
  listedMessagesPage: { messages: [{ ...listedMessage, match: null }], pagination },
  foundMessagesPage: { messages: [{ ...listedMessage, match: messageMatch }], pagination },
  sendMessage: { contactId: 7, content: message.content },
  receiveMessage: { contactId: 7, content: '¡Hasta mañana!' },
  createContact: { name: contact.name, phoneNumber: contact.phoneNumber, externalId: contact.externalId },
  upsertContact: { externalId: contact.externalId, name: contact.name, phoneNumber: contact.phoneNumber },
  updateContact: { contactId: 7, phoneNumber: '+34 610 28 63 87' },
  importLines: lines([
    {
      contactExternalId: 'crm-7',
      content: 'From the old system',
      direction: 'inbound',
      createdAt: '2019-05-05T09:00:00Z',
      clientMessageId: 'old-1',
    },
    { contactId: 7, content: 'And another', clientMessageId: 'old-2' },
  ]),
  importContactLines: lines([
    { externalId: 'crm-7', name: contact.name, phoneNumber: contact.phoneNumber, createdAt: '2019-05-05T09:00:00Z' },
    { externalId: 'crm-8', name: 'Ada Lovelace', phoneNumber: '+44 20 7946 0958' },
  ]),
  importContactsAnswer: { created: 1, updated: 1, unchanged: 0, rejected: 0, errors: [] },
  exportedContacts: lines([
    { externalId: 'crm-7', name: contact.name, phoneNumber: contact.phoneNumber, createdAt },
    { externalId: 'contact-8', name: 'Ada Lovelace', phoneNumber: '+44 20 7946 0958', createdAt },
  ]),
  exportedMessages: lines([
    { contactExternalId: 'crm-7', content: preview, direction: 'outbound', createdAt: message.createdAt },
  ]),
  importAnswer: {
    imported: 1,
    duplicates: 1,
    rejected: 1,
    errors: [{ line: 3, message: 'There is no contact 8.' }],
  },
};
