import { Writable } from 'node:stream';
import { createLogger, type Logger } from '../runtime/logger.ts';

/** A logger at level `debug` that keeps its lines, for tests that look at what is logged and what is not. */
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
