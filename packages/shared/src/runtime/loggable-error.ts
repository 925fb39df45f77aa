import { types } from 'node:util';
import { safeMessage } from './safe-message.ts';

/** The loggable parts of an error: place and cause, and no data of a request, a row or a parameter. */
export interface LoggableError {
  type: string;
  message?: string;
  code?: string | number;
  /** Names of schema objects, as PostgreSQL reports them besides its message. */
  table?: string;
  column?: string;
  constraint?: string;
  /** Position in the text of the statement. */
  position?: string;
  /** The function in PostgreSQL's source that reported the error. */
  routine?: string;
  /** The stack frames only, because a stack begins with the message. */
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
 * Returns the loggable parts of `error`, its causes and the errors it aggregates. Own properties of errors are not
 * copied: node-postgres' `detail`, `where` and `internalQuery` contain whole rows, ioredis' `command` its arguments.
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

/** True for an error, also for one of another realm. */
export const isError = (value: unknown): value is Error => types.isNativeError(value) || value instanceof Error;

function namesOf(error: Error): Pick<LoggableError, (typeof NAMES)[number]> {
  const known = NAMES.map((name) => [name, (error as Error & Record<string, unknown>)[name]] as const);
  return Object.fromEntries(
    known.filter(([, value]) => typeof value === 'number' || (typeof value === 'string' && CODE.test(value))),
  );
}

/** The message may have lines that look like frames, so the whole message is removed first. */
function framesOf({ stack, message }: Error): string | undefined {
  if (typeof stack !== 'string') return undefined;
  const at = message ? stack.indexOf(message) : -1;
  const frames = stack.slice(at === -1 ? 0 : at + message.length).split('\n');
  return frames
    .filter((line) => FRAME.test(line))
    .slice(0, MAX_FRAMES)
    .join('\n');
}
