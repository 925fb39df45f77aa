import { z } from 'zod';
import { InvalidInputError, type Issue } from './errors.ts';
import { nearestName } from './nearest-name.ts';

/** Returns `value` as the schema's output. @throws InvalidInputError with every issue at once. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidInputError(toIssues(result.error, schema));
}

/**
 * Returns the parameters of a query string as the schema's output. @throws InvalidInputError with every issue at once,
 * also for a parameter that is given twice
 */
export function parseQuery<Schema extends z.ZodType>(schema: Schema, query: Record<string, unknown>): z.output<Schema> {
  const values = Object.entries(query);
  const repeated = values.filter(([, value]) => Array.isArray(value)).map(([name]) => name);
  const once = Object.fromEntries(values.map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]));
  const result = schema.safeParse(once);
  const issues = result.success ? [] : toIssues(result.error, schema);
  issues.push(...repeated.map((name) => ({ path: shorten(name), message: 'must be given once' })));
  if (!result.success || issues.length > 0) throw new InvalidInputError(issues);
  return result.data;
}

/** The result of `parseAll` for each part. */
type Parsed<Parts extends readonly (() => unknown)[]> = { [Part in keyof Parts]: ReturnType<Parts[Part]> };

/** Parses every part of a request, even if one is invalid. @throws InvalidInputError with the issues of all parts */
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

/** At most this many names are listed, because a body can have thousands. */
const SHOWN_UNKNOWN_NAMES = 100;
const SHOWN_NAME_LENGTH = 100;

/**
 * The issues of a zod error with dotted paths; the path of the root is empty. `schema` provides the names for
 * suggestions.
 */
export function toIssues(error: z.ZodError, schema?: z.ZodType): Issue[] {
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.slice(0, SHOWN_UNKNOWN_NAMES).map((name) => toUnknownName(name, known))
      : [{ path: issue.path.join('.'), message: issue.message }],
  );
}

function toUnknownName(name: string, known: readonly string[]): Issue {
  const nearest = nearestName(name, known);
  return { path: shorten(name), message: nearest ? `is not known; did you mean ${nearest}?` : 'is not known' };
}

const shorten = (name: string): string =>
  name.length <= SHOWN_NAME_LENGTH ? name : `${name.slice(0, SHOWN_NAME_LENGTH)}…`;
