import { encodeCursor } from '@messaging/shared';

const createdAt = '2026-01-31T09:30:00.000000Z';
const contact = { id: 7, name: 'José García', phoneNumber: '+34 610 28 63 86', createdAt, updatedAt: createdAt };
const message = { id: 42, contactId: 7, content: 'Nos vemos mañana.', createdAt: '2026-02-01T08:00:00.123456Z' };
const pagination = {
  page: 1,
  pageSize: 1,
  total: 2,
  totalPages: 2,
  totalIsExact: true,
  hasMore: true,
  nextCursor: encodeCursor('contacts', [7]),
};

const lastMessage = { id: message.id, preview: message.content, createdAt: message.createdAt };
const conversation = { contactId: 7, name: contact.name, phoneNumber: contact.phoneNumber, lastMessage };
const match = { field: 'name', snippet: contact.name, ranges: [[0, 4]], messageId: null };

/** Answers and requests as they could be; a test holds each against its schema. */
export const examples = {
  contact,
  contactDetail: { ...contact, lastMessageAt: message.createdAt },
  message,
  conversationsPage: { conversations: [{ ...conversation, match: null }], pagination },
  foundConversationsPage: { conversations: [{ ...conversation, match }], pagination },
  contactsPage: { contacts: [contact], pagination },
  messagesPage: { messages: [message], pagination },
  sendMessage: { contactId: 7, content: message.content },
  createContact: { name: contact.name, phoneNumber: contact.phoneNumber },
  updateContact: { contactId: 7, phoneNumber: '+34 610 28 63 87' },
  importLines: [
    { contactId: 7, content: 'From the old system', createdAt: '2019-05-05T09:00:00Z', clientMessageId: 'old-1' },
    { contactId: 7, content: 'And another', clientMessageId: 'old-2' },
  ]
    .map((line) => JSON.stringify(line))
    .join('\n'),
  importAnswer: {
    imported: 1,
    duplicates: 1,
    rejected: 1,
    errors: [{ line: 3, message: 'There is no contact 8.' }],
  },
};
