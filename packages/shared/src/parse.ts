import type { z } from 'zod';
import { InvalidInputError, type Issue } from './errors.ts';

/** Returns `value` as the schema's output. @throws InvalidInputError with every issue at once. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidInputError(toIssues(result.error));
}

/** The issues of a zod error with dotted paths; the root's path is empty. */
export function toIssues(error: z.ZodError): Issue[] {
  return error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
}
