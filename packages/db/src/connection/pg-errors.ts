import { types } from 'node:util';
import { ExpectedError, PayloadTooLargeError, UnavailableError } from '@messaging/shared';
import { RECENT_CONVERSATIONS } from './read-models.ts';

/** SQLSTATE codes and classes which mean that the database is unavailable although the request is valid. */
const UNAVAILABLE = [
  '08', // connection exceptions
  '53', // insufficient resources: connections, memory, disk
  '57P', // shut down, crash, cannot connect now, terminated by an administrator
  '57014', // statement timeout
  '55P03', // lock timeout
  '55000', // the database accepts no connections, or the view is not populated yet
  '25006', // read only: a primary that became a standby
  '40', // serialization failure, deadlock
];

/** Socket errors, and messages of node-postgres that have no code. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ECONNABORTED',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  'ENOENT',
  'EAI_AGAIN',
]);
const CONNECTION_LOST =
  /^(Connection terminated|Query read timeout|timeout (exceeded|expired)|Client has encountered a connection error|Client was closed|Cannot use a pool after)/;

/** A limit of PostgreSQL is exceeded: an index entry, a row or a value is too large. */
const TOO_LARGE = '54000';

/**
 * The view was dropped or is being replaced, so readers get an UnavailableError. Any other missing relation is a bug.
 */
const VIEW_MISSING = new RegExp(`^relation "${RECENT_CONVERSATIONS}" does not exist$`);

/**
 * Returns an UnavailableError for a failure that may succeed on retry, and a PayloadTooLargeError for data beyond a
 * limit of PostgreSQL. Both have the original as cause. Returns every other error unchanged.
 */
export function translatePgError(error: unknown): unknown {
  if (error instanceof ExpectedError) return error;
  if (isViewMissing(error)) {
    return new UnavailableError(`The view ${RECENT_CONVERSATIONS} is missing; npm run db:view builds it.`, {
      cause: error,
    });
  }
  if (pgCode(error) === TOO_LARGE) {
    return new PayloadTooLargeError('The data exceeds a size limit of PostgreSQL. Send less data at once.', {
      cause: error,
    });
  }
  if (!isUnavailable(error)) return error;
  return new UnavailableError('The database is unavailable. Try again shortly.', { cause: error });
}

/** True if the statement failed because `recent_conversations` does not exist. */
export function isViewMissing(error: unknown): boolean {
  return types.isNativeError(error) && VIEW_MISSING.test(error.message);
}

/** True if the connection broke or a response timed out. The connection cannot be used any more. */
export function isConnectionLost(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  const code = pgCode(error);
  if (code !== undefined && UNREACHABLE.has(code)) return true;
  return CONNECTION_LOST.test(error.message) || isConnectionLost(error.cause);
}

/** True if the database was unreachable or refused to serve the request at that time. */
function isUnavailable(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.some(isUnavailable); // one error per address
  const code = pgCode(error);
  if (code && (UNREACHABLE.has(code) || UNAVAILABLE.some((prefix) => code.startsWith(prefix)))) return true;
  return CONNECTION_LOST.test(error.message);
}

/** The SQLSTATE or system error code of an error that node-postgres threw. */
export function pgCode(error: unknown): string | undefined {
  const code = types.isNativeError(error) && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** True if an error, or what it was translated from, has one of these SQLSTATEs. */
export const hasPgCode = (error: unknown, codes: readonly string[]): boolean =>
  [error, error instanceof Error && error.cause].some((failure) => codes.includes(pgCode(failure) ?? ''));
