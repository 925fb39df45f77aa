import { emptyAnswer, jsonAnswer } from './answers.ts';
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
    description: 'The content is kept as it is sent.',
    body: jsonBody('SendMessage', examples.sendMessage),
    answers: {
      201: jsonAnswer('It is stored', 'SendMessageAnswer', { message: { message: examples.message } }, HEADERS),
    },
    problems: [404, 413],
  }),
  command('create-contact', {
    summary: 'Create a contact',
    description: 'Names and phone numbers need not be unique.',
    body: jsonBody('CreateContact', examples.createContact),
    answers: { 201: jsonAnswer('It is created', 'ContactAnswer', { contact: { contact: examples.contact } }, HEADERS) },
    problems: [413],
  }),
  command('update-contact', {
    summary: 'Change the name or the phone number of a contact',
    description: 'What is not given stays as it is.',
    body: jsonBody('UpdateContact', examples.updateContact),
    answers: { 200: jsonAnswer('It is changed', 'ContactAnswer', { contact: { contact: examples.contact } }, HEADERS) },
    problems: [404, 413],
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
      'A JSON object a line, read and stored as it comes, thousands of lines at a time; the body can be of any length. Lines that are wrong, have an unknown field or name an unknown contact are rejected and reported with their number; blank lines are passed over. Without a body nothing is imported. An import that breaks off keeps what it stored. Sent again with its `Idempotency-Key` it goes on where it stopped; with a `clientMessageId` in each line it can be sent again without one. `Content-Encoding` is not supported.',
    isBodyOptional: true,
    body: {
      'application/x-ndjson': {
        schema: {
          type: 'string',
          description: 'Lines of JSON, each an `ImportedMessage`',
          contentMediaType: 'application/x-ndjson',
          contentSchema: schemaRef('ImportedMessage'),
        },
        example: examples.importLines,
      },
    },
    answers: { 200: jsonAnswer('The whole body was read', 'ImportAnswer', { answer: examples.importAnswer }, HEADERS) },
  }),
];
