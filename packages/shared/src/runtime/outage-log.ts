import type { Logger } from './logger.ts';
import { reasonOf } from './reason-of.ts';

/** Logs an outage in two lines, however many attempts fail in between. */
export interface OutageLog {
  failed: (error: unknown) => void;
  worked: () => void;
  /** True from the first failure until the dependency works again. */
  isOut: () => boolean;
}

/**
 * Logs the first failure of `dependency` with its reason, and its return with the duration of the outage. Further
 * failures are counted, and logged at level `debug`.
 */
export function createOutageLog(logger: Logger, dependency: string): OutageLog {
  let since: number | undefined;
  let failures = 0;
  return {
    failed(error) {
      failures += 1;
      if (since !== undefined) {
        logger.debug({ reason: reasonOf(error), dependency }, 'dependency is still away');
        return;
      }
      since = performance.now();
      logger.warn({ reason: reasonOf(error), dependency }, 'dependency lost');
    },
    worked() {
      if (since === undefined) return;
      const outageMs = Math.round(performance.now() - since);
      logger.info({ dependency, outageMs, failures }, 'dependency is back');
      since = undefined;
      failures = 0;
    },
    isOut: () => since !== undefined,
  };
}
