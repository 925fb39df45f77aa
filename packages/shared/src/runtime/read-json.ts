/** No body of ours nests more than once or has more than a handful of values; what is refused may be a little richer. */
const MAX_DEPTH = 100;
const MAX_VALUES = 10_000;

const TOO_COMPLEX = `nests more than ${MAX_DEPTH} times or has more than ${MAX_VALUES} values`;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads one JSON object, or says what is wrong with the bytes (`is not JSON`). It looks at the bytes before it parses them:
 * 6 MB of nested brackets keep `JSON.parse`, and with it the process, busy for 2 s, where looking takes milliseconds.
 * Bytes that are not UTF-8 are refused, because they would be stored as something else than was sent; so is a field given
 * twice, of which `JSON.parse` silently keeps one.
 */
export function readJsonObject(bytes: Buffer): { value: object } | { problem: string } {
  const fields = countFields(bytes);
  if (fields === undefined) return { problem: TOO_COMPLEX };
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { problem: 'is not UTF-8' };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'is not JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { problem: 'is not a JSON object' };
  return Object.keys(value).length < fields ? { problem: 'has a field twice' } : { value };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * How many fields the outermost object has, those with the same name too; undefined where the JSON, or what should be some,
 * is not within bounds. What stands in strings does not count.
 */
export function countFields(bytes: Buffer): number | undefined {
  let [depth, values, fields] = [0, 0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === COLON && depth === 1) fields++;
    else if (byte === COMMA) values++;
    else if (OPENING.has(byte)) depth++;
    else if (CLOSING.has(byte)) depth--;
    if (depth > MAX_DEPTH || values > MAX_VALUES) return undefined;
  }
  return fields;
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
