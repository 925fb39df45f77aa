import { setTimeout as wait } from 'node:timers/promises';

/** A repeated operation. */
export interface Operation {
  perSecond: number;
  run: () => Promise<void>;
}

/** With this many operations in progress the server cannot keep up, and more would only fill memory. */
const MOST_UNDER_WAY = 100;

/**
 * Starts each operation at its rate, independent of the duration of earlier ones, until `signal` is aborted. Then waits
 * for the operations in progress. Returns how many were skipped because too many were in progress.
 */
export async function runAtFixedRates(
  operations: Operation[],
  { signal, fail }: { signal: AbortSignal; fail: (error: unknown) => void },
): Promise<{ leftOut: number }> {
  const underWay = new Set<Promise<void>>();
  let leftOut = 0;
  const begin = ({ run }: Operation): void => {
    if (underWay.size >= MOST_UNDER_WAY) {
      leftOut++;
      return;
    }
    const running = run()
      .catch(fail)
      .finally(() => underWay.delete(running));
    underWay.add(running);
  };
  const repeat = async (operation: Operation, index: number): Promise<void> => {
    const intervalMs = 1_000 / operation.perSecond;
    // Spreads the starts over the interval.
    let dueMs = performance.now() + (intervalMs * index) / operations.length;
    for (;;) {
      await wait(Math.max(0, dueMs - performance.now()), undefined, { signal }).catch(() => {}); // the end
      if (signal.aborted) return;
      begin(operation);
      dueMs += intervalMs;
    }
  };
  await Promise.all(operations.map(repeat));
  await Promise.all(underWay);
  return { leftOut };
}
