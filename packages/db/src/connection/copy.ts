import { setImmediate as nextTurn } from 'node:timers/promises';

/** Large enough that a chunk's overhead vanishes, small enough that the receiver never runs dry meanwhile. */
const CHUNK_BYTES = 128 * 1_024;

/** UTF-8 needs three bytes at most for a UTF-16 unit. */
const BYTES_PER_CHARACTER = 3;

/**
 * Rows of `copy … from stdin` in text format, as UTF-8 in large chunks, made when they are asked for. Between two chunks
 * other events get their turn.
 * @param onRows told how many rows have been made so far, once per chunk
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
      // A new one, because the receiver may still be sending the last.
      chunk = Buffer.allocUnsafe(Math.max(CHUNK_BYTES, line.length * BYTES_PER_CHARACTER));
      used = 0;
    }
    // Written line by line this is a sixth faster than a long string turned into bytes at once.
    used += chunk.write(line, used);
    rowsSoFar++;
  }
  if (used > 0) yield chunk.subarray(0, used);
  onRows(rowsSoFar);
}

const SPECIAL = /[\\\t\n\r]/;
const SPECIALS = /[\\\t\n\r]/g;
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A text as a field of such a row. */
export function escapeField(value: string): string {
  return SPECIAL.test(value) ? value.replace(SPECIALS, (symbol) => ESCAPES[symbol] as string) : value;
}
