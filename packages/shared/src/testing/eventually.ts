import { setTimeout as wait } from 'node:timers/promises';

/**
 * Tries `assertion` again until it passes, and returns its value. @throws its last failure after `timeoutMs`.
 * The only way our tests wait: so long that a slow machine comes to it, and what is there soon is waited for no longer.
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
