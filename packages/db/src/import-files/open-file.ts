import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** A file that is being read. */
export interface OpenFile {
  /** Its content, unzipped if it is zipped. */
  bytes: AsyncIterable<Buffer>;
  /** Its size on disk, and how much of that has been read. */
  totalBytes: number;
  readBytes: () => number;
}

/** What a file begins with that gzip has written (RFC 1952). */
const GZIP = Buffer.from([0x1f, 0x8b]);

/** Opens a file; the errors of its content come while it is read. Reading ends with an error when `signal` aborts. */
export async function openFile(path: string, signal?: AbortSignal): Promise<OpenFile> {
  const stats = await stat(path);
  if (!stats.isFile()) throw new Error('is not a file');
  let readBytes = 0;
  async function* raw(): AsyncGenerator<Buffer> {
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1_024, signal })) {
      readBytes += chunk.length;
      yield chunk;
    }
  }
  async function* unzipped(): AsyncGenerator<Buffer> {
    const chunks = raw();
    const first = await chunks.next();
    if (first.done) return;
    const all = joined([first.value], chunks);
    yield* first.value.subarray(0, 2).equals(GZIP) ? gunzip(all) : all;
  }
  return { bytes: unzipped(), totalBytes: stats.size, readBytes: () => readBytes };
}

/** What was read to see what it is, and the rest. */
export async function* joined(begun: Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* begun;
  for (let chunk = await rest.next(); !chunk.done; chunk = await rest.next()) yield chunk.value;
}

/** Fails while it is read where the content is damaged or cut off. */
function gunzip(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return pipeline(Readable.from(chunks), createGunzip(), () => {}); // whoever reads it gets the error
}
