import { csvLines, type FileLines } from './csv-lines.ts';

/** The longest first line that is looked at, to know what a file is. */
const MAX_LOOK_BYTES = 8 * 1_048_576;
const LINE_FEED = 0x0a;

/**
 * The lines of a file of contacts or messages, NDJSON or CSV with a header. What begins with a brace is NDJSON; with `content` in
 * its first line it is one of messages. `ignored` are columns of a CSV file that are not read.
 * @throws Error for a file without a line, and for a CSV header that does not fit
 */
export async function fileLines(bytes: AsyncIterable<Buffer>, ignored: readonly string[] = []): Promise<FileLines> {
  const chunks = bytes[Symbol.asyncIterator]();
  const begun: Buffer[] = [];
  let look = '';
  for (let lookedBytes = 0; lookedBytes < MAX_LOOK_BYTES && !/\S[^\n]*\n/.test(look); ) {
    const chunk = await chunks.next();
    if (chunk.done) break;
    begun.push(chunk.value);
    lookedBytes += chunk.value.length;
    look += chunk.value.toString('latin1', 0, chunk.value.lastIndexOf(LINE_FEED) + 1 || chunk.value.length);
  }
  const whole = joined(begun, chunks);
  const firstLine = look.replace(/^(\xef\xbb\xbf)?\s*/, '').split('\n', 1)[0] ?? '';
  if (firstLine === '') throw new Error('The file is empty.');
  if (!firstLine.startsWith('{')) return csvLines(whole, ignored);
  return { kind: firstLine.includes('"content"') ? 'messages' : 'contacts', lines: whole };
}

async function* joined(begun: Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* begun;
  for (let chunk = await rest.next(); !chunk.done; chunk = await rest.next()) yield chunk.value;
}
