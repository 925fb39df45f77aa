import { types } from 'node:util';

/**
 * Why something failed, in a line for logs. Errors of clients carry what was sent, and where a socket failed is of no use.
 * One for several addresses says nothing itself.
 */
export function reasonOf(error: unknown): string {
  if (!(types.isNativeError(error) || error instanceof Error)) return String(error);
  const { cause } = error;
  const code = 'code' in error ? String(error.code) : error.name;
  return (error.message || code) + (types.isNativeError(cause) && cause.message ? `: ${cause.message}` : '');
}
