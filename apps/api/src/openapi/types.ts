import type { z } from 'zod';

/** A piece of the document: plain JSON. */
export type Json = { [key: string]: unknown };

/** What is said of one operation; `toOperation` makes the document's part of it. */
export interface OperationDefinition {
  method: 'get' | 'post';
  /** As in the document: `/api/contacts/{contactId}`. */
  path: string;
  operationId: string;
  tag: string;
  summary: string;
  description: string;
  /** The scope that a key needs; without it none is needed. */
  scope?: 'read' | 'write';
  pathParameters?: z.ZodObject;
  queryParameters?: z.ZodObject;
  /** Headers that it takes, besides those of every operation. */
  headerParameters?: 'LastEventId'[];
  /** The request body by media type. */
  body?: Json;
  isBodyOptional?: boolean;
  /** Whether it takes an `Idempotency-Key`. */
  isCommand?: boolean;
  /** What it is answered when all is well, by status. */
  answers: { [status: string]: Json };
  /** Statuses of the problems that it can be answered with. */
  problems: readonly number[];
}
