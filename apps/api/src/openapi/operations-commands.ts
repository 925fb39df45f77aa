import { emptyAnswer, jsonAnswer, linesOf } from './answers.ts';
import { examples } from './examples.ts';
import { type SchemaName, schemaRef } from './schemas.ts';
import type { Json, OperationDefinition } from './types.ts';

const PROBLEMS = [400, 401, 403, 409, 415, 422, 429, 500, 503] as const;
const HEADERS = ['Idempotency-Replayed', 'RateLimit', 'RateLimit-Policy'] as const;

type Details = Pick<OperationDefinition, 'summary' | 'description' | 'body' | 'isBodyOptional' | 'answers'> & {
  problems?: number[];
};

const command = (name: string, { problems = [], ...details }: Details): OperationDefinition => ({
  ...details,
  method: 'post',
  path: `/api/commands/${name}`,
  operationId: name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
  tag: 'Commands',
  scope: 'write',
  isCommand: true,
  problems: [...PROBLEMS, ...problems],
});

const jsonBody = (schema: SchemaName, example: unknown): Json => ({
  'application/json': { schema: schemaRef(schema), example },
});

/** The writes: each is answered when it is committed. */
export const commandOperations: OperationDefinition[] = [
  command('send-message', {
    summary: 'Store a message',
    description:
      'The content is kept as it is sent. It is a message to the contact, unless `direction` says otherwise.',
    body: jsonBody('SendMessage', examples.sendMessage),
    answers: {
      201: jsonAnswer('It is stored', 'SendMessageAnswer', { message: { message: examples.message } }, HEADERS),
    },
    problems: [404, 413],
  }),
  command('receive-message', {
    summary: 'Store a message from the contact',
    description: 'Like `send-message`, inbound.',
    body: jsonBody('ReceiveMessage', examples.receiveMessage),
    answers: {
      201: jsonAnswer(
        'It is stored',
        'SendMessageAnswer',
        { message: { message: { ...examples.message, ...examples.receiveMessage, direction: 'inbound' } } },
        HEADERS,
      ),
    },
    problems: [404, 413],
  }),
  command('create-contact', {
    summary: 'Create a contact',
    description:
      'Names and phone numbers need not be unique. An `externalId` that another contact has is refused (409).',
    body: jsonBody('CreateContact', examples.createContact),
    answers: { 201: jsonAnswer('It is created', 'ContactAnswer', { contact: { contact: examples.contact } }, HEADERS) },
    problems: [413],
  }),
  command('update-contact', {
    summary: 'Change the name, the phone number or the external id of a contact',
    description:
      'What is not given stays as it is. An `externalId` that another contact has is refused (409); null takes it away.',
    body: jsonBody('UpdateContact', examples.updateContact),
    answers: { 200: jsonAnswer('It is changed', 'ContactAnswer', { contact: { contact: examples.contact } }, HEADERS) },
    problems: [404, 413],
  }),
  command('upsert-contact', {
    summary: 'Create the contact with an external id, or change it',
    description: 'Sent again it changes nothing. `outcome` says which it was.',
    body: jsonBody('UpsertContact', examples.upsertContact),
    answers: {
      200: jsonAnswer(
        'It was there',
        'UpsertContactAnswer',
        { contact: { contact: examples.contact, outcome: 'updated' } },
        HEADERS,
      ),
      201: jsonAnswer(
        'It is created',
        'UpsertContactAnswer',
        { contact: { contact: examples.contact, outcome: 'created' } },
        HEADERS,
      ),
    },
    problems: [413],
  }),
  command('delete-message', {
    summary: 'Delete a message',
    description: 'The conversation shows the message before it, and is gone from the list without one.',
    body: jsonBody('DeleteMessage', { messageId: examples.message.id }),
    answers: { 204: emptyAnswer('It is deleted', HEADERS) },
    problems: [404, 413],
  }),
  command('delete-contact', {
    summary: 'Delete a contact with its messages',
    description: 'For good.',
    body: jsonBody('DeleteContact', { contactId: examples.contact.id }),
    answers: { 204: emptyAnswer('It is deleted', HEADERS) },
    problems: [404, 413],
  }),
  command('import-messages', {
    summary: 'Store any number of messages',
    description:
      'A JSON object a line, read and stored as it comes, thousands of lines at a time; the body can be of any length. Lines that are wrong, have an unknown field or name an unknown contact (by `contactId` or `contactExternalId`) are rejected and reported with their number; blank lines are passed over. Without a body nothing is imported. An import that breaks off keeps what it stored. Sent again with its `Idempotency-Key` it goes on where it stopped; with a `clientMessageId` in each line it can be sent again without one. `Content-Encoding` is not supported.',
    isBodyOptional: true,
    body: linesOf('ImportedMessage', examples.importLines),
    answers: { 200: jsonAnswer('The whole body was read', 'ImportAnswer', { answer: examples.importAnswer }, HEADERS) },
  }),
  command('import-contacts', {
    summary: 'Create and change any number of contacts',
    description:
      'As `import-messages`. A line with an `externalId` that a contact has changes that contact, so the same lines can be sent again; a line without one always creates a contact. `createdAt` is kept.',
    isBodyOptional: true,
    body: linesOf('ImportedContact', examples.importContactLines),
    answers: {
      200: jsonAnswer(
        'The whole body was read',
        'ImportContactsAnswer',
        { answer: examples.importContactsAnswer },
        HEADERS,
      ),
    },
  }),
];
