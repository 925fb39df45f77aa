import type { ImportedBatch, ImportLine } from '@messaging/db';
import type { importAnswer } from '@messaging/shared';
import type { z } from 'zod';
import { readLines } from './ndjson.ts';
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
  body: AsyncIterable<Buffer>,
  store: (lines: ImportLine[]) => Promise<ImportedBatch>,
  progress: ImportProgress,
  count: CountLines = () => {},
): Promise<void> {
  progress.hasBegun = true;
  let batch = newBatch();
  let storing: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    await storing;
    storing = storeBatch(batch, store, progress, count);
    storing.catch(() => {}); // whoever awaits it next is told
    batch = newBatch();
  };
  try {
    for await (const line of readLines(body, MAX_LINE_BYTES)) {
      batch.lastLine = line.number;
      batch.bytes += line.bytes?.length ?? 0;
      const parsed = parseLine(line);
      if (parsed && 'content' in parsed) batch.lines.push(parsed);
      else if (parsed) batch.errors.push(parsed);
      if (batch.lines.length + batch.errors.length >= BATCH_LINES || batch.bytes >= BATCH_BYTES) await flush();
    }
    await flush();
    await storing;
  } finally {
    await storing.catch(() => {}); // when the body breaks off, what is being stored is stored first
  }
}

interface Batch {
  lines: ImportLine[];
  errors: ImportAnswer['errors'];
  bytes: number;
  lastLine: number;
}

const newBatch = (): Batch => ({ lines: [], errors: [], bytes: 0, lastLine: 0 });

async function storeBatch(
  { lines, errors, lastLine }: Batch,
  store: (lines: ImportLine[]) => Promise<ImportedBatch>,
  progress: ImportProgress,
  count: CountLines,
): Promise<void> {
  const stored = lines.length > 0 ? await store(lines) : { imported: 0, duplicates: 0, rejected: [] };
  const rejected = [...errors, ...stored.rejected].sort((a, b) => a.line - b.line);
  const { answer } = progress;
  answer.imported += stored.imported;
  answer.duplicates += stored.duplicates;
  answer.rejected += rejected.length;
  answer.errors.push(...rejected.slice(0, SHOWN_ERRORS - answer.errors.length));
  count('imported', stored.imported);
  count('duplicate', stored.duplicates);
  count('rejected', rejected.length);
  progress.lastLine = Math.max(progress.lastLine, lastLine);
}
