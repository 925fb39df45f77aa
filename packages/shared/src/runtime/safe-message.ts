import { ExpectedError, UnavailableError } from './errors.ts';

/**
 * SQLSTATE classes and codes whose messages contain names of the server, the session, roles and relations, but no
 * values: connection (08), transaction state (25), authorization (28, 42501), database name (3D), rollback (40),
 * unknown names (42P01, 42703, 42883), resources (53), object state (55), operator intervention (57), system (58).
 * Others quote values: `invalid input syntax for type integer: "hello"` (22P02).
 */
const WITHOUT_VALUES = /^(08|25|28|3D|40|53|55|57|58|42501|42P01|42703|42883)/;
/** Part of the statement's text, which the message quotes. */
const OF_STATEMENT = /^42/;

/** Matches to the end, because quoted text may contain quotes and may be truncated. */
const FROM_FIRST_QUOTE = /(?:["`“«]|(?<!\w)').*/s;
const MAX_LENGTH = 300;

type ForeignError = Error & Record<'code' | 'severity' | 'routine' | 'internalQuery' | 'syscall', unknown>;

/**
 * Returns the message of an error without data of a request, a row or a parameter; empty if nothing is left.
 * @param quotes `kept` while the program has not read any such data; its messages then quote what the operator has to
 * type
 */
export function safeMessage(error: Error, quotes: 'dropped' | 'kept' = 'dropped'): string {
  const foreign = error as ForeignError;
  if (error instanceof ExpectedError) return error instanceof UnavailableError ? error.message : error.code;
  if (isDatabaseError(foreign)) return databaseMessage(foreign);
  if (typeof foreign.syscall === 'string') return error.message; // `connect ECONNREFUSED 127.0.0.1:5432`
  if (foreign.name === 'SyntaxError') return ''; // JSON.parse and RegExp quote the text in several ways
  return quotes === 'kept' ? error.message : withoutQuoted(error.message);
}

/** True for an error that the PostgreSQL server sent. */
const isDatabaseError = ({ code, severity }: ForeignError): boolean =>
  typeof severity === 'string' && /^[0-9A-Z]{5}$/.test(String(code));

/** A function may raise any code with any text, and may run a statement that it has built from values. */
function databaseMessage({ message, code, routine, internalQuery }: ForeignError): string {
  const isOfFunction = routine === 'exec_stmt_raise' || internalQuery !== undefined;
  if (!isOfFunction && WITHOUT_VALUES.test(String(code))) return message;
  if (!isOfFunction && OF_STATEMENT.test(String(code))) return withoutQuoted(message);
  return `PostgreSQL error ${code}`;
}

const withoutQuoted = (message: string): string =>
  String(message).replace(FROM_FIRST_QUOTE, '"…"').slice(0, MAX_LENGTH);
