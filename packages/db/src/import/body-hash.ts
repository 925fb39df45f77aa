import { createHash } from 'node:crypto';

/** The hash of an import's body, which can also be had of a part that ends with a line. */
export interface BodyHash {
  /** Takes the next bytes. What `digestTo` may still be asked for ends at `lineEnd` or later. */
  update: (chunk: Buffer, lineEnd: number) => void;
  /** Hash of the command's name and the first `lineEnd` bytes; `lineEnd` never decreases. */
  digestTo: (lineEnd: number) => Buffer;
}

/**
 * Begins with the name of a command. Hashes each byte once: up to the last line that was read, of which it keeps the
 * state, and then to the end of the chunk, because the next line ends in a later chunk.
 */
export function createBodyHash(command: string): BodyHash {
  const hash = createHash('sha256').update(`${command}\n`);
  let state = { hash: hash.copy(), bytes: 0 };
  let chunk: Buffer = Buffer.alloc(0);
  let chunkStart = 0;
  let hashedBytes = 0;
  const hashTo = (end: number): void => {
    hash.update(chunk.subarray(hashedBytes - chunkStart, end - chunkStart));
    hashedBytes = end;
  };
  const keepState = (lineEnd: number): void => {
    if (lineEnd <= state.bytes) return;
    hashTo(lineEnd);
    state = { hash: hash.copy(), bytes: lineEnd };
  };
  return {
    update(next, lineEnd) {
      keepState(lineEnd);
      hashTo(chunkStart + chunk.length);
      chunkStart += chunk.length;
      chunk = next;
    },
    digestTo(lineEnd) {
      keepState(lineEnd);
      return state.hash.copy().digest();
    },
  };
}
