import { isUtf8 } from 'node:buffer';
import { InvalidInputError, UnsupportedMediaTypeError } from '@messaging/shared';

/** No body of ours nests more than once or has more than a handful of values; unknown fields may be a little richer. */
const MAX_DEPTH = 100;
const MAX_VALUES = 10_000;

/**
 * Looks at a body before it is parsed: 6 MB of nested brackets keep `JSON.parse`, and with it the process, busy for 2 s,
 * where looking takes milliseconds. It is parsed as text only if it is UTF-8, because bytes that are not would be stored
 * as something else than was sent.
 * @throws InvalidInputError, UnsupportedMediaTypeError
 */
export function guardJson(bytes: Buffer, encoding = 'utf-8'): void {
  if (!/^utf-?8$/i.test(encoding)) throw new UnsupportedMediaTypeError('Send JSON in UTF-8.');
  if (!isUtf8(bytes)) throw new InvalidInputError([{ path: '', message: 'the body must be UTF-8' }]);
  if (!isSimple(bytes)) throw new InvalidInputError([{ path: '', message: TOO_COMPLEX }]);
}

const TOO_COMPLEX = `the JSON must not nest more than ${MAX_DEPTH} times or have more than ${MAX_VALUES} values`;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** Whether JSON, or what should be, stays within bounds. What stands in strings does not count. */
export function isSimple(bytes: Buffer): boolean {
  let [depth, values] = [0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === COMMA) values++;
    else if (OPENING.has(byte)) depth++;
    else if (CLOSING.has(byte)) depth--;
    if (depth > MAX_DEPTH || values > MAX_VALUES) return false;
  }
  return true;
}

/** Where the closing quote is; the end of the bytes where there is none. */
function endOfString(bytes: Buffer, start: number): number {
  for (let end = bytes.indexOf(QUOTE, start + 1); end !== -1; end = bytes.indexOf(QUOTE, end + 1)) {
    let backslashes = 0;
    while (bytes[end - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return bytes.length;
}
