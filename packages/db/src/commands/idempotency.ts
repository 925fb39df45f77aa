import { ConflictError, IdempotencyMismatchError } from '@messaging/shared';
import type { QueryResultRow } from 'pg';
import { IDEMPOTENCY_LOCK } from '../connection/advisory-locks.ts';
import type { Pool, Queryable } from '../connection/pool.ts';
import { many, maybeOne, one } from '../connection/sql.ts';
import { inTransaction } from '../connection/transaction.ts';

/** The response to a command: an HTTP status, and JSON text if there is a body. */
export interface Answer {
  status: number;
  body: string | null;
}

/** A response. `isReplay` is true if it is the stored response of an earlier request. */
export type OnceAnswer = Answer & { isReplay: boolean };

/** Identifies a request that its sender may repeat. */
export interface IdempotencyKey {
  /** The sender; empty if senders are not distinguished. */
  client: string;
  key: string;
}

/** `hash` is the SHA-256 of the request. */
export type IdempotentRequest = IdempotencyKey & { hash: Buffer };

/** The record of a key. An unfinished import has no status yet: see import-attempts.ts. */
export interface KnownAnswer {
  status: number | null;
  body: string | null;
  hash: Buffer;
}

/** How long a response can be replayed. */
const KEPT_HOURS = 24;

/**
 * Runs a command and stores its response in one transaction, or returns the stored response. A command that fails
 * stores nothing and changes nothing, so it may be retried with the same key.
 * @throws ConflictError while the same key is in progress in any process
 * @throws IdempotencyMismatchError if the key was used for a different request; what `run` throws
 */
export function runOnce(
  pool: Pool,
  request: IdempotentRequest,
  run: (db: Queryable) => Promise<Answer>,
): Promise<OnceAnswer> {
  return inTransaction(pool, async (db) => {
    await lockKey(db, request);
    const known = await findAnswer(db, request);
    if (known) return replay(known, request.hash);
    const answer = await run(db);
    await storeAnswer(db, request, answer);
    return { ...answer, isReplay: false };
  });
}

/**
 * Excludes every other command with this key until the transaction ends. @throws ConflictError if one is in progress
 */
export async function lockKey(db: Queryable, { client, key }: IdempotencyKey): Promise<void> {
  const { isFree } = await one<{ isFree: boolean }>(db, LOCK, [client, key], 'lock-idempotency-key');
  if (isFree) return;
  throw new ConflictError(
    'A request with this Idempotency-Key is in progress; wait for its answer, or ask again shortly.',
    { retryAfterSeconds: 1 },
  );
}

/** The record of a key, unless it has expired. */
export const findAnswer = (db: Queryable, { client, key }: IdempotencyKey): Promise<KnownAnswer | undefined> =>
  maybeOne<KnownAnswer & QueryResultRow>(db, FIND, [client, key], 'find-idempotency-key');

/** The stored response to a request. @throws IdempotencyMismatchError if the record is of a different request */
export function replay({ hash: knownHash, status, body }: KnownAnswer, hash: Buffer): OnceAnswer {
  if (status === null || !knownHash.equals(hash)) throw new IdempotencyMismatchError();
  return { status, body, isReplay: true };
}

/** An expired record is replaced. */
async function storeAnswer(
  db: Queryable,
  { client, key, hash }: IdempotentRequest,
  { status, body }: Answer,
): Promise<void> {
  await many(db, STORE, [client, key, hash, status, body], 'store-idempotency-key');
}

/** SQL that is true for keys whose responses can be replayed. */
export const IS_KEPT = `created_at > now() - interval '${KEPT_HOURS} hours'`;

const LOCK = `select pg_try_advisory_xact_lock(${IDEMPOTENCY_LOCK}) as "isFree"`;

const FIND = `
  select request_hash as hash, status, body
  from idempotency_keys where client = $1 and key = $2 and ${IS_KEPT}`;

const STORE = `
  insert into idempotency_keys (client, key, request_hash, status, body) values ($1, $2, $3, $4, $5)
  on conflict (client, key) do update set
    request_hash = excluded.request_hash, status = excluded.status, body = excluded.body, created_at = now()`;
