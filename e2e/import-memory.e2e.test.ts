import { once } from 'node:events';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { importAnswer } from '@messaging/shared';
import { type ChildProcess, createFaultDatabase, startApi } from './faults/harness/index.ts';

const MEBIBYTE = 1_048_576;
/** Some 30 MiB, with which the heap comes to its size, and some 150 MiB: what kept it whole would not fit below the bound. */
const SHORT_LINES = 40_000;
const LONG_LINES = 200_000;
const BYTES_A_LINE = 800;
const MAY_GROW_BYTES = 100 * MEBIBYTE;
const LOOK_EVERY_MS = 100;

async function importLines(api: ChildProcess, lines: number): Promise<number> {
  const content = 'abcdefghijklmnopqrstuvwxyz 0123456789 '.repeat(25).slice(0, BYTES_A_LINE - 40);
  const upload = request(`${api.url}/api/commands/import-messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
  });
  const answered = once(upload, 'response');
  const text = function* () {
    for (let i = 0; i < lines; i += 100) {
      const some = Array.from({ length: 100 }, (_, j) => JSON.stringify({ contactId: ((i + j) % 50) + 1, content }));
      yield `${some.join('\n')}\n`;
    }
  };
  await pipeline(Readable.from(text()), upload);
  const [response] = await answered;
  expect(response.statusCode).toBe(200);
  return importAnswer.parse(JSON.parse((await response.toArray()).join(''))).imported;
}

async function residentBytes(api: ChildProcess): Promise<number> {
  const { body } = await api.get<string>('/metrics');
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(body)?.[1]);
}

/** The most memory that the API has while it takes an import of so many lines. */
async function peakBytesOfImport(api: ChildProcess, lines: number): Promise<number> {
  let peakBytes = 0;
  let isDone = false;
  const importing = importLines(api, lines).finally(() => {
    isDone = true;
  });
  while (!isDone) {
    peakBytes = Math.max(peakBytes, await residentBytes(api));
    await wait(LOOK_EVERY_MS);
  }
  expect(await importing).toBe(lines);
  return peakBytes;
}

test('a long import takes no more memory than a short one', async () => {
  const { connectionString } = await createFaultDatabase();
  const api = await startApi({ DATABASE_URL: connectionString });
  const shortBytes = await peakBytesOfImport(api, SHORT_LINES);
  expect(shortBytes).toBeGreaterThan(10 * MEBIBYTE); // it was looked at
  const longBytes = await peakBytesOfImport(api, LONG_LINES);
  expect(longBytes - shortBytes).toBeLessThan(MAY_GROW_BYTES);
}, 120_000);
