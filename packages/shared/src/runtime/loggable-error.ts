import { types } from 'node:util';
import { safeMessage } from './safe-message.ts';

/** What a log holds of an error: where and why, and nothing that a request, a row or a parameter brought. */
export interface LoggableError {
  type: string;
  message?: string;
  code?: string | number;
  /** Names of the schema, as PostgreSQL gives them beside its message. */
  table?: string;
  column?: string;
  constraint?: string;
  /** Where in the text of the statement. */
  position?: string;
  /** The function of PostgreSQL's source that reported it. */
  routine?: string;
  /** The frames alone: a stack begins with the message. */
  stack?: string;
  cause?: LoggableError;
  errors?: LoggableError[];
}

const MAX_DEPTH = 5;
const MAX_ERRORS = 10;
const MAX_FRAMES = 30;
const FRAME = /^\s+at .+(?::\d+:\d+\)?|<anonymous>\)|\(native\))$/;
const CODE = /^[\w.-]{1,60}$/;
const NAMES = ['code', 'table', 'column', 'constraint', 'position', 'routine'] as const;

/**
 * Returns what a log may hold of `error`, its causes and the errors it aggregates. Own properties of errors are not
 * copied: node-postgres' `detail`, `where` and `internalQuery` have whole rows, ioredis' `command` its arguments.
 */
export function toLoggableError(error: unknown, depth = 0): LoggableError {
  if (!isError(error)) return { type: error === null ? 'null' : typeof error };
  const { cause, errors } = error as Error & { errors?: unknown };
  const below = (inner: unknown) => toLoggableError(inner, depth + 1);
  const mayDescend = depth < MAX_DEPTH;
  const message = safeMessage(error);
  const stack = framesOf(error);
  return {
    type: error.constructor?.name ?? 'Error',
    ...(message && { message }),
    ...namesOf(error),
    ...(stack && { stack }),
    ...(mayDescend && isError(cause) && { cause: below(cause) }),
    ...(mayDescend && Array.isArray(errors) && { errors: errors.slice(0, MAX_ERRORS).map(below) }),
  };
}

/** True for an error, also one of another realm. */
export const isError = (value: unknown): value is Error => types.isNativeError(value) || value instanceof Error;

function namesOf(error: Error): Pick<LoggableError, (typeof NAMES)[number]> {
  const known = NAMES.map((name) => [name, (error as Error & Record<string, unknown>)[name]] as const);
  return Object.fromEntries(
    known.filter(([, value]) => typeof value === 'number' || (typeof value === 'string' && CODE.test(value))),
  );
}

/** A message may have lines that look like frames, so all of it is cut off first. */
function framesOf({ stack, message }: Error): string | undefined {
  if (typeof stack !== 'string') return undefined;
  const at = message ? stack.indexOf(message) : -1;
  const frames = stack.slice(at === -1 ? 0 : at + message.length).split('\n');
  return frames
    .filter((line) => FRAME.test(line))
    .slice(0, MAX_FRAMES)
    .join('\n');
}
