import { setTimeout as wait } from 'node:timers/promises';
import type { ImportCheckpoint, ImportedBatch, ImportLine } from '@messaging/db';
import { type importAnswer, UnavailableError } from '@messaging/shared';
import type { z } from 'zod';
import type { HeldBytes } from '../middleware/body-memory.ts';
import type { BodyHash } from './body-hash.ts';
import { type Line, type Position, readLines } from './ndjson.ts';
import { MAX_LINE_BYTES, parseLine } from './parse-line.ts';

export type ImportAnswer = z.output<typeof importAnswer>;

/** What has been stored so far. */
export interface ImportProgress {
  /** Whether reading has begun; what fails before is a refusal. */
  hasBegun: boolean;
  answer: ImportAnswer;
  /** Every line up to this one is stored or refused. */
  lastLine: number;
}

/** A body, or what is left of one that was imported up to `from`. */
export interface ImportSource {
  body: AsyncIterable<Buffer>;
  from: Position;
  /** Where the import has a key: of the whole body, up to `from` already. */
  hash?: BodyHash;
  /** What it holds of the memory for bodies; the caller closes it. */
  held: HeldBytes;
}

/**
 * Stores lines in one transaction. `checkpointAfter` says how far the import comes with it, and whether that is the end:
 * only for an import with a key, and to be recorded in the same transaction.
 */
export type StoreBatch = (lines: ImportLine[], checkpointAfter: CheckpointAfter) => Promise<ImportedBatch>;
export type CheckpointAfter = (stored: ImportedBatch) => ImportCheckpoint & { isLast: boolean };

/** Is told how many lines came to what. */
export type CountLines = (outcome: 'imported' | 'duplicate' | 'rejected', count: number) => void;

/** A batch is a transaction: large enough that its fixed cost vanishes, small enough that it is over in a moment. */
const BATCH_LINES = 5_000;
const BATCH_BYTES = 4 * 1_048_576;
const SHOWN_ERRORS = 100;
/** What came of a slow body is stored after this time, and not kept until a batch is full. */
const BATCH_MS = 10_000;
/** How long an import waits for memory that other requests hold. Its sender waits with it. */
const ROOM_WAIT_MS = 10_000;
const ROOM_POLL_MS = 20;

/**
 * Reads lines, and stores them in batches: while one is being stored the next is read, and no more than that, so that a
 * body of any length is never held. `progress` is kept up to date, also where this throws; `count` is told of each batch.
 */
export async function importLines(
  { body, from, hash, held }: ImportSource,
  store: StoreBatch,
  progress: ImportProgress,
  count: CountLines = () => {},
): Promise<void> {
  progress.hasBegun = true;
  let batch = newBatch(from);
  let storing: Promise<void> = Promise.resolve();
  const flush = async (isLast = false): Promise<void> => {
    const full = { ...batch, isLast, hash: hash?.digestTo(batch.end.bytes) };
    await storing;
    storing = storeBatch(full, store, progress, count).finally(() => held.give(full.heldBytes));
    storing.catch(() => {}); // whoever awaits it next is told
    batch = newBatch(batch.end);
  };
  async function* admitted(): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      if (isOld(batch)) await flush();
      if (!held.take(chunk.length)) {
        if (batch.lines.length > 0) await flush();
        await storing; // gives back all but a line that is not complete
        await waitForRoom(held, chunk.length);
      }
      hash?.update(chunk, batch.end.bytes);
      yield chunk;
    }
  }
  try {
    for await (const line of readLines(admitted(), MAX_LINE_BYTES, from, held.give)) {
      addLine(batch, line);
      if (isFull(batch)) await flush();
    }
    await flush(true);
    await storing;
  } finally {
    await storing.catch(() => {}); // when the body breaks off, what is being stored is stored first
  }
}

async function waitForRoom(held: HeldBytes, bytes: number): Promise<void> {
  const deadline = performance.now() + ROOM_WAIT_MS;
  while (!held.take(bytes)) {
    if (performance.now() > deadline) {
      throw new UnavailableError('The service is busy with the bodies of other requests; try again shortly.');
    }
    await wait(ROOM_POLL_MS);
  }
}

interface Batch {
  lines: ImportLine[];
  errors: ImportAnswer['errors'];
  start: Position;
  end: Position;
  heldBytes: number;
  startedMs: number;
}

const newBatch = (start: Position): Batch => ({
  lines: [],
  errors: [],
  start,
  end: start,
  heldBytes: 0,
  startedMs: performance.now(),
});

const isFull = ({ lines, errors, start, end }: Batch): boolean =>
  lines.length + errors.length >= BATCH_LINES || end.bytes - start.bytes >= BATCH_BYTES;

const isOld = ({ lines, startedMs }: Batch): boolean => lines.length > 0 && performance.now() - startedMs > BATCH_MS;

function addLine(batch: Batch, line: Line): void {
  if (line.bytes) batch.heldBytes += line.end - batch.end.bytes; // what was too long is not held
  batch.end = { lines: line.number, bytes: line.end };
  const parsed = parseLine(line);
  if (parsed && 'content' in parsed) batch.lines.push(parsed);
  else if (parsed) batch.errors.push(parsed);
}

async function storeBatch(
  { lines, errors, end, isLast, hash = NO_HASH }: Batch & { isLast: boolean; hash: Buffer | undefined },
  store: StoreBatch,
  progress: ImportProgress,
  count: CountLines,
): Promise<void> {
  const answerAfter = (stored: ImportedBatch) => addBatch(progress.answer, stored, errors);
  const stored = await store(lines, (result) => ({
    ...end,
    hash,
    body: JSON.stringify(answerAfter(result)),
    isLast,
  }));
  const before = progress.answer;
  progress.answer = answerAfter(stored);
  progress.lastLine = end.lines;
  count('imported', stored.imported);
  count('duplicate', stored.duplicates);
  count('rejected', progress.answer.rejected - before.rejected);
}

const NO_HASH = Buffer.alloc(0);

function addBatch(before: ImportAnswer, stored: ImportedBatch, errors: ImportAnswer['errors']): ImportAnswer {
  const rejected = [...errors, ...stored.rejected].sort((a, b) => a.line - b.line);
  return {
    imported: before.imported + stored.imported,
    duplicates: before.duplicates + stored.duplicates,
    rejected: before.rejected + rejected.length,
    errors: [...before.errors, ...rejected.slice(0, SHOWN_ERRORS - before.errors.length)],
  };
}
