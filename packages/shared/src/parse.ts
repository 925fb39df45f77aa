import type { z } from 'zod';
import { InvalidInputError, type Issue } from './errors.ts';

/** Returns `value` as the schema's output. @throws InvalidInputError with every issue at once. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidInputError(toIssues(result.error));
}

/** What `parseAll` returns: the result of each part. */
type Parsed<Parts extends readonly (() => unknown)[]> = { [Part in keyof Parts]: ReturnType<Parts[Part]> };

/** Parses every part of a request, also after one that is wrong. @throws InvalidInputError with the issues of all at once */
export function parseAll<const Parts extends readonly (() => unknown)[]>(...parts: Parts): Parsed<Parts> {
  const issues: Issue[] = [];
  const results = parts.map((parsePart) => {
    try {
      return parsePart();
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      issues.push(...error.issues);
      return undefined;
    }
  });
  if (issues.length > 0) throw new InvalidInputError(issues);
  return results as Parsed<Parts>;
}

/** The issues of a zod error with dotted paths; the root's path is empty. */
export function toIssues(error: z.ZodError): Issue[] {
  return error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
}
