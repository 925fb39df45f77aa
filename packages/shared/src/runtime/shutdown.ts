import closeWithGrace from 'close-with-grace';
import { isError } from './loggable-error.ts';
import type { Logger } from './logger.ts';
import { reasonOf } from './reason-of.ts';
import type { Running } from './release-stack.ts';
import { safeMessage } from './safe-message.ts';

/** Events of what nobody caught. */
const UNCAUGHT = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Ties a process to what it runs: the first signal (or a bug that nobody caught, or the end of the process that
 * started us with a channel) closes it within `timeoutMs`, a second signal leaves at once.
 * The exit code is 0 only after a signal and a close in which every step succeeded.
 *
 * After an uncaught error the process must end, because nobody knows what is left undone. But it closes as after a
 * signal: requests under way get their responses, also when the same bug strikes again meanwhile. Each is logged.
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
  // Whoever forked us with a channel wants us gone when it goes, even when it was killed and could send no signal.
  process.once('disconnect', handle.close);
}

/** Runs a process's start; what fails there, or is thrown meanwhile and not caught, is one line, and the exit code is 1. */
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
