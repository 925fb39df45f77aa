import { types } from 'node:util';
import { pgCode } from './pg-errors.ts';

/** PostgreSQL has undone the transaction: it was one of two that waited for each other, or could not be put in order. */
const CONFLICTS = ['40P01' /* deadlock_detected */, '40001' /* serialization_failure */];

/**
 * Runs a whole transaction, and once more where PostgreSQL ended it for a conflict with another: nothing of it was stored. The
 * order of locks (docs/architecture.md) leaves none among our own; somebody's SQL can still take them in another order.
 * @param onRetry called before the second time @throws what the second run throws
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

/** What PostgreSQL threw is the cause of our own error. */
function isConflict(error: unknown): boolean {
  const code = pgCode(error);
  if (code && CONFLICTS.includes(code)) return true;
  return types.isNativeError(error) && error.cause !== undefined && isConflict(error.cause);
}
