import * as contracts from '@messaging/shared';
import { z } from 'zod';
import type { Json } from './types.ts';

/** What the service answers, by the name it has in the document. */
const ANSWERS = {
  ConversationsPage: contracts.conversationsPage,
  Conversation: contracts.conversation,
  Match: contracts.match,
  ContactsPage: contracts.contactsPage,
  Contact: contracts.contact,
  ContactDetail: contracts.contactDetail,
  MessagesPage: contracts.messagesPage,
  Message: contracts.message,
  MessageDetail: contracts.messageDetail,
  ListedMessagesPage: contracts.listedMessagesPage,
  ListedMessage: contracts.listedMessage,
  Pagination: contracts.pagination,
  ChangesAnswer: contracts.changesAnswer,
  Change: contracts.change,
  SendMessageAnswer: contracts.sendMessageAnswer,
  ContactAnswer: contracts.contactAnswer,
  UpsertContactAnswer: contracts.upsertContactAnswer,
  ImportAnswer: contracts.importAnswer,
  ImportContactsAnswer: contracts.importContactsAnswer,
  Health: contracts.health,
  Problem: contracts.problem,
};

/** What the service reads: the very schemas that its routes parse with. */
const REQUESTS = {
  SendMessage: contracts.sendMessage,
  ReceiveMessage: contracts.receiveMessage,
  CreateContact: contracts.createContact,
  UpdateContact: contracts.updateContact,
  UpsertContact: contracts.upsertContact,
  DeleteMessage: contracts.deleteMessage,
  DeleteContact: contracts.deleteContact,
  ImportedMessage: contracts.importedMessage,
  ImportedContact: contracts.importedContact,
};

export type SchemaName = keyof typeof ANSWERS | keyof typeof REQUESTS;

/** A reference to a schema of the document. */
export const schemaRef = (name: SchemaName): Json => ({ $ref: toUri(name) });

/** `components.schemas`: requests as they are sent, answers as they arrive. */
export function createSchemas(): Json {
  return { ...convert(ANSWERS, 'output'), ...convert(REQUESTS, 'input') };
}

/** One schema by itself, as JSON Schema 2020-12, which is what OpenAPI 3.1 speaks. */
export const toJsonSchema = (schema: z.ZodType, io: 'input' | 'output'): Json =>
  withoutIdentity(z.toJSONSchema(schema, { io, override: dropPattern }) as Json);

const toUri = (name: string): string => `#/components/schemas/${name}`;

function convert(schemas: Record<string, z.ZodType>, io: 'input' | 'output'): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const converted = z.toJSONSchema(registry, { io, uri: toUri, override: dropPattern }).schemas;
  return Object.fromEntries(
    Object.entries(converted).map(([name, schema]) => [name, describe(name, schemas, withoutIdentity(schema as Json))]),
  );
}

/** A registry of names hides what `.describe()` says of the same schema. */
function describe(name: string, schemas: Record<string, z.ZodType>, schema: Json): Json {
  const { id: _, ...meta } = (schemas[name] as z.ZodType).meta() ?? {};
  return { ...schema, ...meta };
}

/** Inside the document a schema is known by where it stands, and its dialect by the version of OpenAPI. */
function withoutIdentity({ $schema: _, $id: __, ...schema }: Json): Json {
  return schema;
}

/** `date-time` says it in a word; the pattern is a line of code. */
function dropPattern({ jsonSchema }: { jsonSchema: { format?: string | undefined; pattern?: string } }): void {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
}
