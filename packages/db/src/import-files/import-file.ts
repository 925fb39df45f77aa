import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { IdempotencyMismatchError } from '@messaging/shared';
import type { Pool } from '../connection/pool.ts';
import { withConnection } from '../connection/transaction.ts';
import { emptyAnswer, fromBody, type ImportAnswer } from '../import/import-answer.ts';
import { forgetImport } from '../import/import-attempts.ts';
import { contactImport, type ImportKind, messageImport } from '../import/import-kind.ts';
import { type BatchHooks, type ImportProgress, importLines, type Numbered } from '../import/import-lines.ts';
import { importOnce } from '../import/import-once.ts';
import type { BadLine } from '../import/parse-line.ts';
import { tryBatch, type WouldBeContacts } from './dry-run.ts';
import { fileLines } from './file-lines.ts';
import { openFile } from './open-file.ts';

/** How a file is imported. */
export interface FileOptions {
  /** Columns of a CSV file that are not read. */
  ignored: readonly string[];
  /** Begin anew, although the file was imported before, wholly or in part. */
  again: boolean;
  /** Only say what would happen. */
  dryRun: boolean;
  signal: AbortSignal;
  /** Is told how much of the file is read, and how many lines are done. */
  onProgress: (readBytes: number, totalBytes: number, lines: number) => void;
}

/** The result of a file. */
export interface FileResult extends ImportAnswer {
  command: string;
  /** True if the whole file had been imported before, and nothing was done. */
  isReplay: boolean;
  /** Where the rejected lines are written, if there are any. */
  errorsPath: string | null;
}

/**
 * Imports a file of contacts or messages. Each batch records how far it came in its own transaction, so that the same call goes
 * on where an earlier one stopped, and a file that was imported whole is not imported again. Rejected lines are appended to
 * `<path>.errors.ndjson`.
 * @throws Error for a file that cannot be read, or that has changed since it was begun; ConflictError while it is being imported
 */
export async function importFile(
  pool: Pool,
  path: string,
  options: FileOptions,
  wouldBe: WouldBeContacts,
): Promise<FileResult> {
  if (options.again && !options.dryRun) await forgetImport(pool, keyOf(path));
  const file = await openFile(path, options.signal);
  const { kind, lines } = await fileLines(file.bytes, options.ignored);
  const run = { pool, path, options, wouldBe, lines, read: () => file.readBytes(), total: file.totalBytes };
  return kind === 'messages' ? importAs(messageImport, run) : importAs(contactImport, run);
}

interface FileRun {
  pool: Pool;
  path: string;
  options: FileOptions;
  wouldBe: WouldBeContacts;
  lines: AsyncIterable<Buffer>;
  read: () => number;
  total: number;
}

async function importAs<Line extends Numbered>(kind: ImportKind<Line>, run: FileRun): Promise<FileResult> {
  const { pool, path, options, lines } = run;
  const progress: ImportProgress = { answer: emptyAnswer(kind.outcomes), hasBegun: false, lastLine: 0 };
  const onStored = () => options.onProgress(run.read(), run.total, progress.lastLine);
  const result = { command: kind.command, isReplay: false, errorsPath: null };
  if (options.dryRun) {
    const store = (batch: Line[]) => withConnection(pool, (client) => tryBatch(client, kind, batch, run.wouldBe));
    const source = { body: lines, from: { lines: 0, bytes: 0 }, held: UNLIMITED };
    await importLines(source, { schema: kind.schema, store }, progress, { onStored });
    return { ...progress.answer, ...result };
  }
  const errorsPath = `${path}.errors.ndjson`;
  // Before the batch is committed: a line that is listed twice is better than one that is in no list.
  const onRejected: BatchHooks['onRejected'] = (bad) => {
    if (bad.length > 0) appendFileSync(errorsPath, bad.map(toLine).join(''));
  };
  const deps = { commandDb: pool, importDb: pool, held: UNLIMITED, hooks: { onStored, onRejected } };
  const { isReplay, body } = await importOnce(kind, deps, keyOf(path), lines, progress).catch(explainChange);
  const answer = fromBody(body ?? '');
  return { ...answer, ...result, isReplay, errorsPath: answer.rejected > 0 && !isReplay ? errorsPath : null };
}

const toLine = (line: BadLine): string => `${JSON.stringify(line)}\n`;

/** No more than two batches are read at a time, so nothing else has to limit what they hold. */
const UNLIMITED = { take: () => true, give: () => {} };

const keyOf = (path: string) => ({
  client: 'db:import',
  key: createHash('sha256').update(path).digest('base64url'),
});

function explainChange(error: unknown): never {
  if (!(error instanceof IdempotencyMismatchError)) throw error;
  throw new Error(
    'A file of this name was imported in the last 24 hours, wholly or in part, and has changed since. Import it under another name, or from its beginning with --again.',
    { cause: error },
  );
}
