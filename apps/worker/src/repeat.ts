import type { Logger, Running } from '@messaging/shared';

/**
 * Does `work` every `intervalMs`, never twice at once. A failure is logged when it begins and when it is over, not each
 * time. `close` aborts the signal and waits for the work under way.
 */
export function startRepeating(
  name: string,
  intervalMs: number,
  logger: Logger,
  work: (signal: AbortSignal) => Promise<void>,
): Running {
  const closing = new AbortController();
  let failing = false;
  let working = Promise.resolve();
  let timer = setTimeout(run, intervalMs);

  function run(): void {
    working = attempt().then(() => {
      if (!closing.signal.aborted) timer = setTimeout(run, intervalMs);
    });
  }

  async function attempt(): Promise<void> {
    try {
      await work(closing.signal);
      if (failing) logger.info({ task: name }, 'task works again');
      failing = false;
    } catch (error) {
      if (!failing) logger.warn({ err: error, task: name }, 'task failed');
      failing = true;
    }
  }

  return {
    async close() {
      closing.abort();
      clearTimeout(timer);
      await working;
    },
  };
}
