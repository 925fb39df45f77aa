import { setTimeout as wait } from 'node:timers/promises';

/**
 * Retries `assertion` until it passes, and returns its value. @throws its last failure after `timeoutMs`
 * The only way in which tests wait. The timeout suits slow machines, and a fast result ends the wait at once.
 */
export async function eventually<Value>(
  assertion: () => Promise<Value> | Value,
  { timeoutMs = 30_000, intervalMs = 25 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<Value> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() >= deadline) throw error;
      await wait(intervalMs);
    }
  }
}
