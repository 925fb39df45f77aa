const IMPATIENT_AFTER_MS = 1_000;
const ORPHAN_CHECK_MS = 500;

export interface StopSignals {
  /** Aborted by the first signal that asks us to stop. */
  signal: AbortSignal;
}

/**
 * Listens to what asks a process to stop. A second request calls `leaveAtOnce`; requests that follow the first closely
 * are the same one, because npm passes on the Ctrl-C that we got from the terminal already.
 */
export function listenToStopSignals(leaveAtOnce: () => void, { isRunByNpm }: { isRunByNpm: boolean }): StopSignals {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const onSignal = () => {
    if (firstAt === undefined) {
      firstAt = performance.now();
      controller.abort();
    } else if (performance.now() - firstAt > IMPATIENT_AFTER_MS) leaveAtOnce();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  if (isRunByNpm) onceOrphaned(onSignal);
  return { signal: controller.signal };
}

/** An npm that is killed passes nothing on, and whoever killed it meant us. */
function onceOrphaned(stop: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, ORPHAN_CHECK_MS).unref();
}
