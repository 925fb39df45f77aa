import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Large enough to make the overhead of a chunk negligible, small enough that the receiver never waits for the next one.
 */
const CHUNK_BYTES = 128 * 1_024;

/** A UTF-16 unit takes at most three bytes in UTF-8. */
const BYTES_PER_CHARACTER = 3;

/**
 * Rows of `copy … from stdin` in text format, as large UTF-8 chunks. Chunks are made on demand. The event loop can run
 * other events between two chunks.
 * @param onRows is called once per chunk with the number of rows so far
 */
export async function* toCopyChunks<Row>(
  rows: Iterable<Row>,
  toLine: (row: Row) => string,
  onRows: (rowsSoFar: number) => void = () => {},
): AsyncGenerator<Buffer> {
  let chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let used = 0;
  let rowsSoFar = 0;
  for (const row of rows) {
    const line = toLine(row);
    if (used + line.length * BYTES_PER_CHARACTER > chunk.length) {
      yield chunk.subarray(0, used);
      onRows(rowsSoFar);
      await nextTurn();
      // A new buffer, because the receiver may still be sending the last one.
      chunk = Buffer.allocUnsafe(Math.max(CHUNK_BYTES, line.length * BYTES_PER_CHARACTER));
      used = 0;
    }
    // Writing line by line is a sixth faster than encoding one long string.
    used += chunk.write(line, used);
    rowsSoFar++;
  }
  if (used > 0) yield chunk.subarray(0, used);
  onRows(rowsSoFar);
}

const SPECIAL = /[\\\t\n\r]/;
const SPECIALS = /[\\\t\n\r]/g;
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** Escapes a text as a field of such a row. */
export function escapeField(value: string): string {
  return SPECIAL.test(value) ? value.replace(SPECIALS, (symbol) => ESCAPES[symbol] as string) : value;
}
