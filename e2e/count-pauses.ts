/** What a test knows of the pauses in its own writes. */
export interface PauseCounter {
  /** To be called after each write, whoever of several writers it was. */
  wrote: () => void;
  /** How often nobody wrote for longer. */
  count: () => number;
}

/**
 * Counts the pauses between writes that were longer than `longerThanMs`. A worker takes a pause for the end of a burst, and is right
 * to; on a slow machine the test itself may make one.
 */
export function createPauseCounter(longerThanMs: number): PauseCounter {
  let wroteMs = Number.POSITIVE_INFINITY;
  let pauses = 0;
  return {
    wrote() {
      const nowMs = performance.now();
      if (nowMs - wroteMs > longerThanMs) pauses += 1;
      wroteMs = nowMs;
    },
    count: () => pauses,
  };
}
