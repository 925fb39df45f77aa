import { IdempotencyMismatchError } from '@messaging/shared';
import { type IdempotencyKey, type OnceAnswer, replay } from '../commands/idempotency.ts';
import type { Pool } from '../connection/pool.ts';
import { withConnection } from '../connection/transaction.ts';
import { type BodyHash, createBodyHash } from './body-hash.ts';
import { fromBody, toBody } from './import-answer.ts';
import {
  claimImport,
  type ImportAttempt,
  LEASE_SECONDS,
  lockAttempt,
  recordCheckpoint,
  releaseAttempt,
  renewAttempt,
} from './import-attempts.ts';
import { importBatch } from './import-batch.ts';
import type { ImportKind } from './import-kind.ts';
import {
  type BatchHooks,
  type HeldBytes,
  type ImportProgress,
  type ImportTarget,
  importLines,
  type Numbered,
} from './import-lines.ts';

/** A lease can be renewed late by two thirds of its time before another request may take over. */
const RENEW_EVERY_MS = (LEASE_SECONDS * 1_000) / 3;

export interface ImportOnceDeps {
  /** For claims and leases, which take a moment. */
  commandDb: Pool;
  /** For batches. */
  importDb: Pool;
  held: HeldBytes;
  hooks: BatchHooks;
}

/**
 * Imports a body under its key: goes on where an earlier request with the key stopped, and returns the response of the whole
 * import; or the response of an earlier request, if that has ended. `progress` begins with what was stored before.
 * @throws ConflictError while another request with the key is in progress, or where one takes over
 * @throws IdempotencyMismatchError where the part of the body that was stored is not the same
 */
export async function importOnce<Line extends Numbered>(
  kind: ImportKind<Line>,
  { commandDb, importDb, held, hooks }: ImportOnceDeps,
  key: IdempotencyKey,
  body: AsyncIterable<Buffer>,
  progress: ImportProgress,
): Promise<OnceAnswer> {
  const hash = createBodyHash(kind.command);
  const start = { lines: 0, bytes: 0, hash: hash.digestTo(0), body: toBody(progress.answer) };
  const claim = await claimImport(commandDb, key, start);
  if ('known' in claim) return replay(claim.known, await digestOf(body, hash));
  const { attempt } = claim;
  const endLease = keepLease(commandDb, attempt);
  try {
    progress.answer = fromBody(attempt.from.body);
    progress.lastLine = attempt.from.lines;
    const rest = skipStored(body, hash, attempt);
    const source = { body: rest, from: attempt.from, hash, held };
    const target = { schema: kind.schema, store: storeUnder(kind, importDb, attempt) };
    await importLines(source, target, progress, hooks);
    return { status: 200, body: toBody(progress.answer), isReplay: false };
  } finally {
    await endLease();
  }
}

const storeUnder =
  <Line extends Numbered>(
    { store }: ImportKind<Line>,
    importDb: Pool,
    attempt: ImportAttempt,
  ): ImportTarget<Line>['store'] =>
  (lines, checkpointAfter) =>
    withConnection(importDb, (client) =>
      importBatch(client, lines, store, {
        before: (db) => lockAttempt(db, attempt),
        after(db, stored) {
          const { isLast, ...checkpoint } = checkpointAfter(stored);
          return recordCheckpoint(db, attempt, checkpoint, isLast ? 200 : null);
        },
      }),
    );

/** Renews the lease until the returned function is called, which ends it. */
function keepLease(db: Pool, attempt: ImportAttempt): () => Promise<void> {
  let renewing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    // One that fails is made up for by the next, or by a batch. If the lease ends, the worst is that a repeat takes over.
    renewing = renewing.then(() => renewAttempt(db, attempt)).catch(() => {});
  }, RENEW_EVERY_MS).unref();
  return async () => {
    clearInterval(timer);
    await renewing;
    await releaseAttempt(db, attempt).catch(() => {}); // then it ends by itself
  };
}

/** What comes after the stored part, which only has to be the same. @throws IdempotencyMismatchError where it is not */
async function* skipStored(
  body: AsyncIterable<Buffer>,
  hash: BodyHash,
  { from }: ImportAttempt,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of body) {
    const skipped = Math.min(chunk.length, from.bytes - bytes);
    if (skipped > 0) {
      bytes += skipped;
      hash.update(chunk.subarray(0, skipped), 0);
      if (bytes === from.bytes) requireSame(hash, from);
    }
    if (skipped < chunk.length) yield chunk.subarray(skipped);
  }
  if (bytes < from.bytes) throw new IdempotencyMismatchError();
}

function requireSame(hash: BodyHash, { bytes, hash: stored }: ImportAttempt['from']): void {
  if (!hash.digestTo(bytes).equals(stored)) throw new IdempotencyMismatchError();
}

async function digestOf(body: AsyncIterable<Buffer>, hash: BodyHash): Promise<Buffer> {
  let bytes = 0;
  for await (const chunk of body) {
    hash.update(chunk, bytes);
    bytes += chunk.length;
  }
  return hash.digestTo(bytes);
}
