import { setTimeout as wait } from 'node:timers/promises';

/** Something done again and again. */
export interface Operation {
  perSecond: number;
  run: () => Promise<void>;
}

/** When so many are under way the server cannot keep up, and to begin more would only fill memory. */
const MOST_UNDER_WAY = 100;

/**
 * Begins each operation at its rate, however long the last one takes, until `signal` is aborted; then waits for what is
 * under way. Returns how many were left out because too many were under way.
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
    // Not all at the same moment.
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
