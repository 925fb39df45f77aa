import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
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
  const { size, mode } = await stat(path);
  const isFile = (mode & 0o170000) === 0o100000;
  if (!isFile) throw new Error('is not a file');
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
    const all = joined(first.value, chunks);
    if (first.value.subarray(0, 2).equals(GZIP)) yield* gunzip(all);
    else yield* all;
  }
  return { bytes: unzipped(), totalBytes: size, readBytes: () => readBytes };
}

async function* joined(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

/** @throws Error where the content is damaged or cut off */
async function* gunzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const stream = createGunzip();
  const feed = async (): Promise<void> => {
    for await (const chunk of chunks) {
      if (!stream.write(chunk)) await new Promise((resolve) => stream.once('drain', resolve));
    }
    stream.end();
  };
  feed().catch((error) => stream.destroy(error));
  yield* stream;
}
