import {
  changesQuery,
  contactPath,
  contactsQuery,
  conversationsQuery,
  exportContactsQuery,
  exportMessagesQuery,
  messagePath,
  messagesQuery,
  threadQuery,
} from '@messaging/shared';
import { jsonAnswer, linesAnswer, withEvents } from './answers.ts';
import { examples } from './examples.ts';
import type { OperationDefinition } from './types.ts';

const PROBLEMS = [400, 401, 403, 429, 500, 503] as const;
const RATE_LIMIT = ['RateLimit', 'RateLimit-Policy'] as const;
/** Of every read of a replica. */
const HEADERS = ['Replica-Lag-Ms', ...RATE_LIMIT] as const;
/** Of every list. */
const LIST_HEADERS = ['Changes-Cursor', ...HEADERS] as const;

const EXPORT =
  'As of one moment, however long it takes. It is sent as fast as you read it; who reads nothing for five minutes is cut off. `after` goes on after an id.';

const PAGES =
  'Give `page`, or `cursor` to go on where the page before ended: a walk by cursor shows no row twice while messages arrive. A page past the end is empty.';

/** The reads: each sees every write that was committed before the request began, unless it says how far behind a replica is. */
export const readOperations: OperationDefinition[] = [
  {
    method: 'get',
    path: '/api/conversations',
    operationId: 'listConversations',
    tag: 'Reads',
    summary: 'Recent conversations, or those that match a search',
    description: `One row for each contact that has a message, newest last message first. \`searchValue\` is trimmed; empty means no search. It is found in names, phone numbers (as typed, or by digits alone) and in the whole history of messages; \`match\` says where. \`from\` and \`to\` are of the last message. ${PAGES}`,
    scope: 'read',
    queryParameters: conversationsQuery,
    answers: {
      200: jsonAnswer(
        'A page of conversations',
        'ConversationsPage',
        { list: examples.conversationsPage, search: examples.foundConversationsPage },
        ['View-Refreshed-At', 'View-Pending-Changes', ...LIST_HEADERS],
      ),
    },
    problems: PROBLEMS,
  },
  {
    method: 'get',
    path: '/api/contacts',
    operationId: 'listContacts',
    tag: 'Reads',
    summary: 'All contacts',
    description: `By id; with \`externalId\` the one that has it. ${PAGES}`,
    scope: 'read',
    queryParameters: contactsQuery,
    answers: {
      200: jsonAnswer('A page of contacts', 'ContactsPage', { contacts: examples.contactsPage }, LIST_HEADERS),
    },
    problems: PROBLEMS,
  },
  {
    method: 'get',
    path: '/api/contacts/{contactId}',
    operationId: 'getContact',
    tag: 'Reads',
    summary: 'One contact',
    description: 'With the time of its newest message.',
    scope: 'read',
    pathParameters: contactPath,
    answers: { 200: jsonAnswer('The contact', 'ContactDetail', { contact: examples.contactDetail }, HEADERS) },
    problems: [...PROBLEMS, 404],
  },
  {
    method: 'get',
    path: '/api/contacts/{contactId}/messages',
    operationId: 'listMessages',
    tag: 'Reads',
    summary: 'The messages of a contact',
    description: `Newest first. \`around\` opens the page that holds a message; 404 where the contact has none of that id. A page may be hundreds of MiB: it is sent as fast as you read it. A message that is deleted meanwhile is left out. ${PAGES}`,
    scope: 'read',
    pathParameters: contactPath,
    queryParameters: threadQuery,
    answers: {
      200: jsonAnswer('A page of messages', 'MessagesPage', { messages: examples.messagesPage }, LIST_HEADERS),
    },
    problems: [...PROBLEMS, 404],
  },
  {
    method: 'get',
    path: '/api/messages',
    operationId: 'listAllMessages',
    tag: 'Reads',
    summary: 'All messages, or those that match a search',
    description: `Newest first. \`searchValue\` is found in the content; the filters can be combined. \`total\` may be a lower bound. ${PAGES}`,
    scope: 'read',
    queryParameters: messagesQuery,
    answers: {
      200: jsonAnswer(
        'A page of messages',
        'ListedMessagesPage',
        { list: examples.listedMessagesPage, search: examples.foundMessagesPage },
        LIST_HEADERS,
      ),
    },
    problems: PROBLEMS,
  },
  {
    method: 'get',
    path: '/api/messages/{messageId}',
    operationId: 'getMessage',
    tag: 'Reads',
    summary: 'One message',
    description: 'With its whole content.',
    scope: 'read',
    pathParameters: messagePath,
    answers: { 200: jsonAnswer('The message', 'MessageDetail', { message: examples.messageDetail }, HEADERS) },
    problems: [...PROBLEMS, 404],
  },
  {
    method: 'get',
    path: '/api/changes',
    operationId: 'listChanges',
    tag: 'Reads',
    summary: 'Which conversations have changed',
    description: `The conversations that differ from what a reader with this cursor has seen, each once, as they are now: read what you show of them. Read a list and go on from its \`Changes-Cursor\`; then nothing is missed, whatever is committed meanwhile and whoever restarts. A change can come twice. With \`Accept: text/event-stream\` it is a stream: \`event: change\`, with a cursor as its \`id\` and a change as its \`data\`; a \`heartbeat\` with the cursor every 10 s; \`reset\` and the end where the cursor is not known any more. \`Last-Event-ID\` wins over \`after\`.`,
    scope: 'read',
    queryParameters: changesQuery,
    headerParameters: ['LastEventId'],
    answers: {
      200: withEvents(jsonAnswer('The changes', 'ChangesAnswer', { changes: examples.changes }, RATE_LIMIT)),
    },
    problems: [...PROBLEMS, 410],
  },
  {
    method: 'get',
    path: '/api/export/contacts',
    operationId: 'exportContacts',
    tag: 'Exports',
    summary: 'All contacts as lines of JSON',
    description: `In the order of their ids, as \`import-contacts\` reads them. A contact without an \`externalId\` has \`contact-<id>\`. ${EXPORT}`,
    scope: 'read',
    queryParameters: exportContactsQuery,
    answers: { 200: linesAnswer('The contacts', 'ImportedContact', examples.exportedContacts, RATE_LIMIT) },
    problems: PROBLEMS,
  },
  {
    method: 'get',
    path: '/api/export/messages',
    operationId: 'exportMessages',
    tag: 'Exports',
    summary: 'All messages, or those of a contact, as lines of JSON',
    description: `In the order of their ids, as \`import-messages\` reads them. ${EXPORT}`,
    scope: 'read',
    queryParameters: exportMessagesQuery,
    answers: { 200: linesAnswer('The messages', 'ImportedMessage', examples.exportedMessages, RATE_LIMIT) },
    problems: PROBLEMS,
  },
];
