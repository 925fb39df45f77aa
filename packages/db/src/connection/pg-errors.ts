import { types } from 'node:util';
import { ExpectedError, PayloadTooLargeError, UnavailableError } from '@messaging/shared';
import { RECENT_CONVERSATIONS } from './read-models.ts';

/** SQLSTATE codes and classes that say the database cannot answer now, though the request is right. */
const UNAVAILABLE = [
  '08', // connection exceptions
  '53', // insufficient resources: connections, memory, disk
  '57P', // shut down, crash, cannot connect now, terminated by an administrator
  '57014', // statement timeout
  '55P03', // lock timeout
  '55000', // a database that accepts no connections, a view that is not filled yet
  '25006', // read only: a primary that has become a standby
  '40', // serialization failure, deadlock
];

/** Errors of the socket, and what node-postgres says without a code. */
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

/** A limit of PostgreSQL is exceeded: an entry of an index, a row, or a value is too long. */
const TOO_LARGE = '54000';

/** The view is dropped, or being replaced; its readers wait for it, whatever else a missing relation may mean. */
const VIEW_MISSING = new RegExp(`^relation "${RECENT_CONVERSATIONS}" does not exist$`);

/**
 * An UnavailableError for what may work at a later try, a PayloadTooLargeError for data beyond a limit of PostgreSQL, each
 * with the original as cause; every other error unchanged.
 */
export function translatePgError(error: unknown): unknown {
  if (error instanceof ExpectedError) return error;
  if (isViewMissing(error)) {
    return new UnavailableError(`The view ${RECENT_CONVERSATIONS} is missing; npm run db:view builds it.`, {
      cause: error,
    });
  }
  if (pgCode(error) === TOO_LARGE) {
    return new PayloadTooLargeError('The data is larger than PostgreSQL can take in one piece; use less at once.', {
      cause: error,
    });
  }
  if (!isUnavailable(error)) return error;
  return new UnavailableError('The database cannot answer at the moment; try again shortly.', { cause: error });
}

/** True where what failed needs `recent_conversations`, which is not there. */
export function isViewMissing(error: unknown): boolean {
  return types.isNativeError(error) && VIEW_MISSING.test(error.message);
}

/** True where the connection broke, or brought no answer in time: nothing more can be asked on it. */
export function isConnectionLost(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  const code = pgCode(error);
  if (code !== undefined && UNREACHABLE.has(code)) return true;
  return CONNECTION_LOST.test(error.message) || isConnectionLost(error.cause);
}

/** True where the database could not be reached or would not serve us now. */
function isUnavailable(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.some(isUnavailable); // one per address
  const code = pgCode(error);
  if (code && (UNREACHABLE.has(code) || UNAVAILABLE.some((prefix) => code.startsWith(prefix)))) return true;
  return CONNECTION_LOST.test(error.message);
}

/** The SQLSTATE, or the system's error code, of what node-postgres threw. */
export function pgCode(error: unknown): string | undefined {
  const code = types.isNativeError(error) && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
