import { setTimeout as wait } from 'node:timers/promises';
import { UnavailableError } from '@messaging/shared';
import type { z } from 'zod';
import type { BodyHash } from './body-hash.ts';
import { addBatch, type ImportAnswer, inOrder, toBody } from './import-answer.ts';
import type { ImportCheckpoint } from './import-attempts.ts';
import type { StoredBatch } from './import-batch.ts';
import { type Line, type Position, readLines } from './ndjson.ts';
import { type BadLine, MAX_LINE_BYTES, parseLine } from './parse-line.ts';

/** What has been stored so far. */
export interface ImportProgress {
  /** Whether reading has begun; what fails before is a refusal. */
  hasBegun: boolean;
  answer: ImportAnswer;
  /** Every line up to this one is stored or refused. */
  lastLine: number;
}

/** Memory for the lines that are held. */
export interface HeldBytes {
  /** Reserves so many bytes more; false where there is no room for them. */
  take: (bytes: number) => boolean;
  give: (bytes: number) => void;
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

/** How lines are read and stored. */
export interface ImportTarget<Line extends Numbered> {
  schema: z.ZodType<Omit<Line, 'line'>>;
  /**
   * Stores lines in one transaction. `checkpointAfter` says how far the import comes with it, and whether that is the end:
   * only for an import with a key, and to be recorded in the same transaction.
   */
  store: (lines: Line[], checkpointAfter: CheckpointAfter) => Promise<StoredBatch>;
}
export type Numbered = { line: number };
export type CheckpointAfter = (stored: StoredBatch) => ImportCheckpoint & { isLast: boolean };

/** Called for each batch. */
export interface BatchHooks {
  /** Gets the rejected lines before the batch is committed, again if it is retried. What it throws keeps it from that. */
  onRejected?: (lines: BadLine[]) => void;
  /** Gets what lines came to, once the batch is stored. */
  onStored?: (counts: Record<string, number>) => void;
}

/** A batch is a transaction: large enough that its fixed cost vanishes, small enough that it is over in a moment. */
const BATCH_LINES = 5_000;
const BATCH_BYTES = 4 * 1_048_576;
/** What came of a slow body is stored after this time, and not kept until a batch is full. */
const BATCH_MS = 10_000;
/** How long an import waits for memory that other requests hold. Its sender waits with it. */
const ROOM_WAIT_MS = 10_000;
const ROOM_POLL_MS = 20;

/**
 * Reads lines, and stores them in batches: while one is being stored the next is read, and no more than that, so that a
 * body of any length is never held. `progress` is kept up to date, also where this throws.
 */
export async function importLines<Line extends Numbered>(
  { body, from, hash, held }: ImportSource,
  { schema, store }: ImportTarget<Line>,
  progress: ImportProgress,
  hooks: BatchHooks = {},
): Promise<void> {
  progress.hasBegun = true;
  let batch = newBatch<Line>(from);
  let storing: Promise<void> = Promise.resolve();
  const flush = async (isLast = false): Promise<void> => {
    const full = { ...batch, isLast, hash: hash?.digestTo(batch.end.bytes) };
    await storing;
    storing = storeBatch(full, store, progress, hooks).finally(() => held.give(full.heldBytes));
    storing.catch(() => {}); // whoever awaits it next gets the error
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
      addLine(batch, line, schema);
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

interface Batch<Line> {
  lines: Line[];
  errors: BadLine[];
  start: Position;
  end: Position;
  heldBytes: number;
  startedMs: number;
}

const newBatch = <Line>(start: Position): Batch<Line> => ({
  lines: [],
  errors: [],
  start,
  end: start,
  heldBytes: 0,
  startedMs: performance.now(),
});

const isFull = ({ lines, errors, start, end }: Batch<unknown>): boolean =>
  lines.length + errors.length >= BATCH_LINES || end.bytes - start.bytes >= BATCH_BYTES;

const isOld = ({ lines, startedMs }: Batch<unknown>): boolean =>
  lines.length > 0 && performance.now() - startedMs > BATCH_MS;

function addLine<Fields extends Numbered>(
  batch: Batch<Fields>,
  line: Line,
  schema: ImportTarget<Fields>['schema'],
): void {
  if (line.bytes) batch.heldBytes += line.end - batch.end.bytes; // what was too long is not held
  batch.end = { lines: line.number, bytes: line.end };
  const read = parseLine(line, schema);
  if (!read) return;
  if ('good' in read) batch.lines.push(read.good as unknown as Fields);
  else batch.errors.push(read.bad);
}

async function storeBatch<Line extends Numbered>(
  { lines, errors, end, isLast, hash = NO_HASH }: Batch<Line> & { isLast: boolean; hash: Buffer | undefined },
  store: ImportTarget<Line>['store'],
  progress: ImportProgress,
  hooks: BatchHooks,
): Promise<void> {
  const answerAfter = (stored: StoredBatch) => addBatch(progress.answer, stored, errors);
  const stored = await store(lines, (result) => {
    hooks.onRejected?.(inOrder(errors, result.rejected));
    return { ...end, hash, body: toBody(answerAfter(result)), isLast };
  });
  const { rejected } = progress.answer;
  progress.answer = answerAfter(stored);
  progress.lastLine = end.lines;
  hooks.onStored?.({ ...stored.counts, rejected: progress.answer.rejected - rejected });
}

const NO_HASH = Buffer.alloc(0);
