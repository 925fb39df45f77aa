import { Writable } from 'node:stream';
import { createLogger, type Logger } from '../runtime/logger.ts';

/** A logger at level `debug` that stores its lines, for tests of what is logged. */
export function createTestLogger(name: string): { logger: Logger; logLines: string[] } {
  const logLines: string[] = [];
  const sink = new Writable({
    write(line, _encoding, done) {
      logLines.push(String(line));
      done();
    },
  });
  return { logger: createLogger({ level: 'debug', pretty: false }, name, sink), logLines };
}
