import { type DestinationStream, type LogFn, type Logger, pino } from 'pino';
import type { LoggingConfig } from './common-env.ts';
import { isError, toLoggableError } from './loggable-error.ts';

export type { Logger } from 'pino';

/**
 * A logger that writes one JSON object per line (or readable text) to standard output, or to `sink`. Levels are words.
 * For errors, in any field, it writes what `toLoggableError` returns. As a precaution it removes credentials, message
 * texts and phone numbers that are passed under their own names.
 */
export function createLogger(config: LoggingConfig, name: string, sink?: DestinationStream): Logger {
  const options = {
    name,
    level: config.level,
    formatters: { level: (label: string) => ({ level: label }), log: withLoggableErrors },
    serializers: { err: (loggable: unknown) => loggable }, // pino's own would copy every property of an error
    hooks: { logMethod: withMessage },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'password',
        'connectionString',
        '*.password',
        '*.connectionString',
        'content',
        '*.content',
        'phoneNumber',
        '*.phoneNumber',
        'headers.authorization',
        'headers["x-api-key"]',
        'headers.cookie',
        '*.headers.authorization',
        '*.headers["x-api-key"]',
        '*.headers.cookie',
      ],
      remove: true,
    },
  };
  if (sink) return pino(options, sink);
  if (!config.pretty) return pino(options);
  const target = import.meta.resolve('pino-pretty'); // pino itself would resolve it among the caller's packages
  return pino({
    ...options,
    transport: { target, options: { translateTime: 'HH:MM:ss', ignore: 'pid,hostname' } },
  });
}

function withLoggableErrors(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      name === 'err' || isError(value) ? toLoggableError(value) : value,
    ]),
  );
}

/** Without a message pino would use that of the error. */
function withMessage(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  if (args.length === 1 && typeof args[0] === 'object') method.call(this, args[0], 'no message');
  else method.apply(this, args);
}
