import { idempotencyKey } from '@messaging/shared';
import type { z } from 'zod';
import { examples } from './examples.ts';
import { toJsonSchema } from './schemas.ts';
import type { Json } from './types.ts';

/** The parameters of a path or a query string, one for each key of the schema that reads them. */
export function toParameters(schema: z.ZodObject, place: 'path' | 'query'): Json[] {
  const understood = toJsonSchema(schema, 'output').properties as Record<string, Json>;
  const required = new Set((toJsonSchema(schema, 'input').required as string[] | undefined) ?? []);
  return Object.entries(understood).map(([name, { description, ...valueSchema }]) => ({
    name,
    in: place,
    required: required.has(name),
    description: description ?? PATH_DESCRIPTIONS[name],
    schema: valueSchema,
    ...(name in EXAMPLES ? { example: EXAMPLES[name] } : {}),
  }));
}

const PATH_DESCRIPTIONS: Record<string, string> = { contactId: 'The contact', messageId: 'The message' };

const EXAMPLES: Record<string, unknown> = {
  contactId: examples.contact.id,
  messageId: examples.message.id,
  searchValue: 'jose',
};

/** `components.parameters`: headers that many operations take. */
export const headerParameters = {
  RequestId: {
    name: 'X-Request-Id',
    in: 'header',
    required: false,
    description:
      'Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.',
    schema: { type: 'string' },
    example: 'checkout-7f3a',
  },
  LastEventId: {
    name: 'Last-Event-ID',
    in: 'header',
    required: false,
    description: 'The id of the last event of a stream: what a browser sends when it connects again',
    schema: { type: 'string' },
    example: 'kV3xTq0_WyI3NTI5Il0',
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: idempotencyKey.description,
    schema: (({ description: _, ...schema }) => schema)(toJsonSchema(idempotencyKey, 'input')),
    example: '5f3a9c1e',
  },
} as const;

export const parameterRef = (name: keyof typeof headerParameters): Json => ({
  $ref: `#/components/parameters/${name}`,
});
