import type { ImportCheckpoint, ImportedBatch, ImportLine } from '@messaging/db';
import type { importAnswer } from '@messaging/shared';
import type { z } from 'zod';
import type { BodyHash } from './body-hash.ts';
import { type Position, readLines } from './ndjson.ts';
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

/**
 * Reads lines, and stores them in batches: while one is being stored the next is read, and no more than that, so that a
 * body of any length is never held. `progress` is kept up to date, also where this throws; `count` is told of each batch.
 */
export async function importLines(
  { body, from, hash }: ImportSource,
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
    storing = storeBatch(full, store, progress, count);
    storing.catch(() => {}); // whoever awaits it next is told
    batch = newBatch(batch.end);
  };
  async function* hashed(): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      hash?.update(chunk, batch.end.bytes);
      yield chunk;
    }
  }
  try {
    for await (const line of readLines(hashed(), MAX_LINE_BYTES, from)) {
      addLine(batch, parseLine(line), { lines: line.number, bytes: line.end });
      if (isFull(batch)) await flush();
    }
    await flush(true);
    await storing;
  } finally {
    await storing.catch(() => {}); // when the body breaks off, what is being stored is stored first
  }
}

interface Batch {
  lines: ImportLine[];
  errors: ImportAnswer['errors'];
  start: Position;
  end: Position;
}

const newBatch = (start: Position): Batch => ({ lines: [], errors: [], start, end: start });

const isFull = ({ lines, errors, start, end }: Batch): boolean =>
  lines.length + errors.length >= BATCH_LINES || end.bytes - start.bytes >= BATCH_BYTES;

function addLine(batch: Batch, parsed: ReturnType<typeof parseLine>, end: Position): void {
  batch.end = end;
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
