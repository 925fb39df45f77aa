/** A line of a body: its number from 1 and its bytes without the line break; null where it was too long to keep. */
export interface Line {
  number: number;
  bytes: Buffer | null;
  /** How many bytes of the body end with it and its line break. */
  end: number;
}

/** Where reading begins: after so many lines and bytes of the body. */
export interface Position {
  lines: number;
  bytes: number;
}

const LINE_FEED = 0x0a;

/**
 * Splits a stream into lines as it comes. What is longer than `maxBytes` is passed over without being kept, so that memory
 * stays flat whatever is sent; `onDropped` gets these bytes. A last line without a line break counts too; an empty one does not.
 */
export async function* readLines(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
  from: Position = { lines: 0, bytes: 0 },
  onDropped: (bytes: number) => void = () => {},
): AsyncGenerator<Line> {
  let number = from.lines + 1;
  let chunkStart = from.bytes;
  let parts: Buffer[] = [];
  let length = 0;
  const keep = (part: Buffer): void => {
    const keptBytes = length > maxBytes ? 0 : length;
    length += part.length;
    if (length > maxBytes) {
      parts = [];
      onDropped(keptBytes + part.length);
    } else parts.push(part);
  };
  const take = (end: number): Line => {
    const bytes = length > maxBytes ? null : parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    parts = [];
    length = 0;
    return { number: number++, bytes, end };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      keep(chunk.subarray(start, end));
      start = end + 1;
      yield take(chunkStart + start);
    }
    if (start < chunk.length) keep(chunk.subarray(start));
    chunkStart += chunk.length;
  }
  if (length > 0) yield take(chunkStart);
}
