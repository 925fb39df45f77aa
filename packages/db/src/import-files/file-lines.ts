import { csvLines, type FileLines } from './csv-lines.ts';
import { joined } from './open-file.ts';

/** The longest first line that is looked at, to know what a file is. */
const MAX_LOOK_BYTES = 8 * 1_048_576;
const LINE_FEED = 0x0a;
const SPACE = 0x20;

/**
 * The lines of a file of contacts or messages, NDJSON or CSV with a header. What begins with a brace is NDJSON; with `content` in
 * its first line it is one of messages. `ignored` are columns of a CSV file that are not read.
 * @throws Error for a file without a line, and for a CSV header that does not fit
 */
export async function fileLines(bytes: AsyncIterable<Buffer>, ignored: readonly string[] = []): Promise<FileLines> {
  const chunks = bytes[Symbol.asyncIterator]();
  const begun: Buffer[] = [];
  let look: Buffer = Buffer.alloc(0);
  while (look.length < MAX_LOOK_BYTES && !firstLineOf(look)?.isWhole) {
    const chunk = await chunks.next();
    if (chunk.done) break;
    begun.push(chunk.value);
    look = Buffer.concat([look, chunk.value]);
  }
  const whole = joined(begun, chunks);
  const firstLine = firstLineOf(look)?.text;
  if (firstLine === undefined) throw new Error('The file is empty.');
  if (!firstLine.startsWith('{')) return csvLines(whole, ignored);
  return { kind: fieldsOf(firstLine).includes('content') ? 'messages' : 'contacts', lines: whole };
}

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** The first line that is not blank, as far as it is there. */
function firstLineOf(bytes: Buffer): { text: string; isWhole: boolean } | undefined {
  const start = bytes.findIndex((byte) => byte > SPACE && !BYTE_ORDER_MARK.includes(byte));
  if (start === -1) return undefined;
  const end = bytes.indexOf(LINE_FEED, start);
  return { text: bytes.toString('utf8', start, end === -1 ? bytes.length : end), isWhole: end !== -1 };
}

/** The fields of a line of JSON; of one that is none, those that look like it. */
function fieldsOf(line: string): string[] {
  try {
    return Object.keys(JSON.parse(line));
  } catch {
    return [...line.matchAll(/"(\w+)"\s*:/g)].map(([, name = '']) => name);
  }
}
