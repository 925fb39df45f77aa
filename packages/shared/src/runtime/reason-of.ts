import { isError } from './loggable-error.ts';
import { safeMessage } from './safe-message.ts';

/**
 * Returns the reason of a failure as one line for logs, without data of a request, a row or a parameter. An error for
 * several addresses has no message of its own.
 */
export function reasonOf(error: unknown): string {
  if (!isError(error)) return `a ${typeof error} was thrown`;
  const { cause } = error;
  const code = 'code' in error ? String(error.code) : error.name;
  const causeMessage = isError(cause) ? safeMessage(cause) : '';
  return (safeMessage(error) || code) + (causeMessage && `: ${causeMessage}`);
}
