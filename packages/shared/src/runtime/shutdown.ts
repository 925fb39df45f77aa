import closeWithGrace from 'close-with-grace';
import { isError } from './loggable-error.ts';
import type { Logger } from './logger.ts';
import { reasonOf } from './reason-of.ts';
import type { Running } from './release-stack.ts';
import { safeMessage } from './safe-message.ts';

/** Events of uncaught errors. */
const UNCAUGHT = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Closes a process within `timeoutMs` after the first signal, an uncaught error, or the end of the parent that started
 * it with a channel. A second signal exits at once. The exit code is 0 only after a signal and a close in which every
 * step succeeded.
 * After an uncaught error the process must end, because its state is unknown. It closes as after a signal: requests in
 * progress get their responses, also if the error occurs again meanwhile. Each error is logged.
 */
export function closeOnSignal(running: Running, { logger, timeoutMs }: { logger: Logger; timeoutMs: number }): void {
  let isClosing = false;
  let hasFailed = false;
  const handle = closeWithGrace(
    {
      delay: timeoutMs,
      skip: [...UNCAUGHT], // close-with-grace would exit at the second of them
      logger: {
        error: (failure: unknown) =>
          logger.error(typeof failure === 'string' ? { detail: failure } : { err: failure }, 'close failed'),
      },
    },
    async ({ signal }) => {
      isClosing = true;
      logger.info({ signal }, 'closing');
      await running.close();
      logger.info('closed');
      if (hasFailed) process.exit(1);
    },
  );
  const onUncaught = (err: unknown): void => {
    hasFailed = true;
    logger.fatal({ err }, 'uncaught error, closing');
    if (!isClosing) handle.close();
  };
  for (const event of UNCAUGHT) process.on(event, onUncaught);
  // A parent with a channel expects this process to end with it, even if the parent was killed and could not send a
  // signal.
  process.once('disconnect', handle.close);
}

/** Runs a process's start. A failure, or an uncaught error meanwhile, prints one line and sets exit code 1. */
export async function runMain(start: () => Promise<void>): Promise<void> {
  const fail = (error: unknown): never => {
    const message = isError(error) ? safeMessage(error, 'kept') : '';
    process.stderr.write(`${message || reasonOf(error)}\n`);
    process.exit(1);
  };
  process.once('uncaughtException', fail); // Node would print every property of the error
  try {
    await start();
  } catch (error) {
    fail(error);
  }
  process.off('uncaughtException', fail);
}
