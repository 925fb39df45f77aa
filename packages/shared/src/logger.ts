import { type DestinationStream, type Logger, pino } from 'pino';
import type { LoggingConfig } from './common-env.ts';

export type { Logger } from 'pino';

/**
 * A logger that writes one JSON object a line (or text for people) to standard output, or to `sink`.
 * Levels are words. Credentials, message texts and phone numbers are removed should they ever be passed.
 */
export function createLogger(config: LoggingConfig, name: string, sink?: DestinationStream): Logger {
  const options = {
    name,
    level: config.level,
    formatters: { level: (label: string) => ({ level: label }) },
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
  const { formatters: _, ...transportable } = options; // a transport runs in a thread, which takes no functions
  const target = import.meta.resolve('pino-pretty'); // pino itself would look for it where only our callers' packages are
  return pino({
    ...transportable,
    transport: { target, options: { translateTime: 'HH:MM:ss', ignore: 'pid,hostname' } },
  });
}
