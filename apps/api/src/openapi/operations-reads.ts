import { contactPath, contactsQuery, conversationsQuery, messagesQuery } from '@messaging/shared';
import { jsonAnswer } from './answers.ts';
import { examples } from './examples.ts';
import type { OperationDefinition } from './types.ts';

const PROBLEMS = [400, 401, 403, 429, 500, 503] as const;
/** Of every read. */
const HEADERS = ['Replica-Lag-Ms', 'RateLimit', 'RateLimit-Policy'] as const;

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
    description: `One row for each contact that has a message, newest last message first. \`searchValue\` is trimmed; empty means no search. It is found in names, phone numbers (as typed, or by digits alone) and in the whole history of messages; \`match\` says where. ${PAGES}`,
    scope: 'read',
    queryParameters: conversationsQuery,
    answers: {
      200: jsonAnswer(
        'A page of conversations',
        'ConversationsPage',
        { list: examples.conversationsPage, search: examples.foundConversationsPage },
        ['View-Refreshed-At', 'View-Pending-Changes', ...HEADERS],
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
    description: `By id. ${PAGES}`,
    scope: 'read',
    queryParameters: contactsQuery,
    answers: { 200: jsonAnswer('A page of contacts', 'ContactsPage', { contacts: examples.contactsPage }, HEADERS) },
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
    queryParameters: messagesQuery,
    answers: { 200: jsonAnswer('A page of messages', 'MessagesPage', { messages: examples.messagesPage }, HEADERS) },
    problems: [...PROBLEMS, 404],
  },
];
