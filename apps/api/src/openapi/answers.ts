import { type SchemaName, schemaRef } from './schemas.ts';
import type { Json } from './types.ts';

/** One header of an answer. */
export const header = (description: string, schema: Json, example: unknown, required = true): Json => ({
  description,
  required,
  schema,
  example,
});

const text = { type: 'string' };
const instant = { type: 'string', format: 'date-time' };

/** `components.headers` */
export const headers = {
  'X-Request-Id': header('The id of the request, yours if it was sane', text, 'checkout-7f3a'),
  'View-Refreshed-At': header(
    'When the materialized view was last refreshed; absent before the first time. The answer itself is fresh.',
    instant,
    '2026-01-31T09:30:00.000000Z',
    false,
  ),
  'View-Pending-Changes': header(
    'Conversations that differ from the materialized view; they are merged into the answer',
    { type: 'integer', minimum: 0 },
    3,
  ),
  'Replica-Lag-Ms': header(
    'How far behind the primary the replica was that answered; absent where the primary answered',
    { type: 'integer', minimum: 0 },
    12,
    false,
  ),
  'Changes-Cursor': header(
    'From where `/api/changes` goes on after what this page shows; absent where a replica answered',
    text,
    'kV3xTq0_WyI3NTI5Il0',
    false,
  ),
  'Idempotency-Replayed': header(
    '`true` where this is the answer that an earlier request with the same key had',
    { type: 'string', const: 'true' },
    'true',
    false,
  ),
  'Retry-After': header('Seconds to wait before trying again', { type: 'integer', minimum: 0 }, 1),
  Allow: header('The methods of the path', text, 'GET, HEAD, OPTIONS'),
  'WWW-Authenticate': header('How to send a key', text, 'Bearer'),
  RateLimit: header('What is left of the limit, where one is set', text, '"reads"; r=599; t=60', false),
  'RateLimit-Policy': header('The limit, where one is set', text, '"reads"; q=600; w=60', false),
  ETag: header('Changes with the document', text, '"3q2-7w"'),
  'Cache-Control': header('How long it may be kept', text, 'no-cache'),
} as const;

export type HeaderName = keyof typeof headers;

/** References to headers of the document; every answer has its request id. */
export const headerRefs = (...names: HeaderName[]): Json =>
  Object.fromEntries(
    (['X-Request-Id', ...names] as const).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );

/** An answer of JSON, with examples by name. */
export const jsonAnswer = (
  description: string,
  schema: SchemaName,
  examples: Json,
  names: readonly HeaderName[] = [],
): Json => ({
  description,
  headers: headerRefs(...names),
  content: {
    'application/json': {
      schema: schemaRef(schema),
      examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }])),
    },
  },
});

/** The same answer as a stream of events, for who asks for one. */
export const withEvents = (answer: Json): Json => ({
  ...answer,
  content: {
    ...(answer.content as Json),
    'text/event-stream': { schema: { type: 'string' }, example: EVENTS },
  },
});

const EVENTS = `retry: 1250

event: heartbeat
id: kV3xTq0_WyI3NTI5Il0
data: {"cursor":"kV3xTq0_WyI3NTI5Il0"}

event: change
id: 2mQ9sLw7WyI3NTMxIl0
data: {"contactId":7,"kind":"changed","lastMessageId":4711}

`;

/** An answer of lines of JSON. */
export const linesAnswer = (
  description: string,
  line: SchemaName,
  example: string,
  names: readonly HeaderName[] = [],
): Json => ({ description, headers: headerRefs(...names), content: linesOf(line, example) });

/** Lines of JSON, by their media type. */
export const linesOf = (line: SchemaName, example: string): Json => ({
  'application/x-ndjson': {
    schema: {
      type: 'string',
      description: `Lines of JSON, each an \`${line}\``,
      contentMediaType: 'application/x-ndjson',
      contentSchema: schemaRef(line),
    },
    example,
  },
});

/** An answer without a body. */
export const emptyAnswer = (description: string, names: readonly HeaderName[] = []): Json => ({
  description,
  headers: headerRefs(...names),
});
