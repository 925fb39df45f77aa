import { types } from 'node:util';
import { pgCode } from './pg-errors.ts';

/** PostgreSQL rolled the transaction back because of a deadlock or a serialization failure. */
const CONFLICTS = ['40P01' /* deadlock_detected */, '40001' /* serialization_failure */];

/**
 * Runs a whole transaction, and runs it a second time if PostgreSQL rolled it back because of a conflict with another.
 * Nothing of the first run was stored. The lock order (docs/architecture.md) prevents deadlocks between the project's
 * own transactions. Other SQL can still take locks in another order.
 * @param onRetry is called before the second run @throws what the second run throws
 */
export async function retryConflict<Result>(run: () => Promise<Result>, onRetry: () => void): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!isConflict(error)) throw error;
    onRetry();
    return run();
  }
}

/** The PostgreSQL error is the cause of the project's own error. */
function isConflict(error: unknown): boolean {
  const code = pgCode(error);
  if (code && CONFLICTS.includes(code)) return true;
  return types.isNativeError(error) && error.cause !== undefined && isConflict(error.cause);
}
