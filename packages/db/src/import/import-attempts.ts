import { randomUUID } from 'node:crypto';
import { ConflictError } from '@messaging/shared';
import type { QueryResultRow } from 'pg';
import { findAnswer, type IdempotencyKey, type KnownAnswer, lockKey } from '../commands/idempotency.ts';
import type { Pool, Queryable } from '../connection/pool.ts';
import { many, maybeOne } from '../connection/sql.ts';
import { inTransaction } from '../connection/transaction.ts';

/** The progress of an import with a key. */
export interface ImportCheckpoint {
  /** Number of the last line that is stored or rejected, and the number of bytes of the body up to its end. */
  lines: number;
  bytes: number;
  /** SHA-256 of the command's name and these bytes. */
  hash: Buffer;
  /** The response so far, as JSON. */
  body: string;
}

/** The one request that may store lines under its key. */
export interface ImportAttempt {
  key: IdempotencyKey;
  id: string;
  from: ImportCheckpoint;
}

/** How long a key stays in progress after the process of its request was killed. */
export const LEASE_SECONDS = 15;

/*
 * Which request may write under a key. R1 and R2 are requests with the same key, in any processes. Each batch is one
 * transaction of R1: `lockAttempt`, the lines, `recordCheckpoint`, commit.
 *
 *   claim   R1 sets `attempt` to an id that was never used before, and a lease.
 *   renew   R1 extends its lease every few seconds, so that R2 gets 409 for as long as R1 lives, however slow its body is.
 *   killed  R1's process dies. If a batch was under way, PostgreSQL still runs its transaction, which holds the lock of the
 *           row: R2's claim skips the locked row and gets 409. The transaction is then rolled back (its client is gone)
 *           or committed (it was at its commit), with its record. After the lease has expired, R2's claim takes the row
 *           with the last record, sets its own `attempt`, and continues after it.
 *   frozen  R1's process is suspended for longer than its lease, R2 takes over, R1 resumes in the middle of a batch. If R1's
 *           `lockAttempt` came first, the row was locked and R2's claim was refused. If the claim came first, `lockAttempt`
 *           finds another attempt, and R1's batch is rolled back. So no two requests store the same lines. This does not
 *           depend on a clock: the lease decides when a takeover is allowed, not whether it is safe.
 *   clock   A lease that ends later than a new lease would was set before the clock was set back. It counts as expired.
 */

/**
 * Makes the caller the importer under `key`, starting after the last attempt's progress. Returns the record if the key
 * has its final response.
 * @throws ConflictError while another request with the key is in progress
 */
export function claimImport(
  pool: Pool,
  key: IdempotencyKey,
  start: ImportCheckpoint,
): Promise<{ attempt: ImportAttempt } | { known: KnownAnswer }> {
  return inTransaction(pool, async (db) => {
    await lockKey(db, key); // excludes any other claim or command with this key
    const known = await findAnswer(db, key);
    if (known && known.status !== null) return { known };
    const ids = { key, id: randomUUID() };
    if (!known) {
      const { lines, bytes, hash, body } = start;
      await many(db, BEGIN, [...valuesOf(ids), lines, bytes, hash, body], 'begin-import');
      return { attempt: { ...ids, from: start } };
    }
    const from = await maybeOne<ImportCheckpoint & QueryResultRow>(
      db,
      LOCK_FREE,
      [key.client, key.key],
      'lock-free-import',
    );
    if (!from) {
      throw new ConflictError(IN_PROGRESS, { retryAfterSeconds: LEASE_SECONDS });
    }
    await many(db, TAKE_OVER, valuesOf(ids), 'take-over-import');
    return { attempt: { ...ids, from } };
  });
}

const IN_PROGRESS = `An import with this Idempotency-Key is in progress; wait for its answer. If its process was killed, the import can go on within ${LEASE_SECONDS} s.`;

/**
 * For the transaction of a batch, before it stores anything. @throws ConflictError if another request has taken over
 */
export async function lockAttempt(db: Queryable, attempt: ImportAttempt): Promise<void> {
  if (await maybeOne(db, LOCK, valuesOf(attempt), 'lock-import')) return;
  throw new ConflictError(
    'Another request with this Idempotency-Key has taken over this import; wait for its response.',
  );
}

/** For the transaction of a batch: records the progress. With a `status`, the import has ended. */
export async function recordCheckpoint(
  db: Queryable,
  attempt: ImportAttempt,
  { lines, bytes, hash, body }: ImportCheckpoint,
  status: number | null,
): Promise<void> {
  await many(db, RECORD, [...valuesOf(attempt), lines, bytes, hash, body, status], 'record-import');
}

/** Extends the lease, unless a batch is being stored. Its row lock excludes others. */
export async function renewAttempt(db: Queryable, attempt: ImportAttempt): Promise<void> {
  await many(db, RENEW, valuesOf(attempt), 'renew-import');
}

/** Ends the lease, so that the import can continue at once. If nothing was stored, the key is free. */
export async function releaseAttempt(db: Queryable, attempt: ImportAttempt): Promise<void> {
  await many(db, FORGET, valuesOf(attempt), 'forget-import');
  await many(db, RELEASE, valuesOf(attempt), 'release-import');
}

/** Forgets what was imported under a key, so that it can be used anew. Not while a request with the key is in progress. */
export async function forgetImport(db: Queryable, { client, key }: IdempotencyKey): Promise<void> {
  await many(db, FORGET_ALL, [client, key], 'forget-imported');
}

const valuesOf = ({ key, id }: Omit<ImportAttempt, 'from'>) => [key.client, key.key, id];

const IS_MINE = 'client = $1 and key = $2 and attempt = $3 and status is null';
const NEW_LEASE = `clock_timestamp() + interval '${LEASE_SECONDS} seconds'`;

/** An existing record is an expired one. */
const BEGIN = `
  insert into idempotency_keys (client, key, attempt, leased_until, lines, bytes, request_hash, body)
  values ($1, $2, $3, ${NEW_LEASE}, $4, $5, $6, $7)
  on conflict (client, key) do update set
    attempt = excluded.attempt, leased_until = excluded.leased_until, lines = excluded.lines, bytes = excluded.bytes,
    request_hash = excluded.request_hash, body = excluded.body, status = null, created_at = now()`;

const LOCK_FREE = `
  select lines, bytes, request_hash as hash, body from idempotency_keys
  where client = $1 and key = $2 and status is null
    and (leased_until is null or leased_until not between clock_timestamp() and ${NEW_LEASE})
  for update skip locked`;

const TAKE_OVER = `
  update idempotency_keys set attempt = $3, leased_until = ${NEW_LEASE}, created_at = now()
  where client = $1 and key = $2`;

const LOCK = `select 1 from idempotency_keys where ${IS_MINE} for no key update`;

const RECORD = `
  update idempotency_keys set
    lines = $4, bytes = $5, request_hash = $6, body = $7, status = $8::smallint, created_at = now(),
    leased_until = case when $8::smallint is null then ${NEW_LEASE} end
  where ${IS_MINE}`;

const RENEW = `
  with mine as materialized (
    select client, key from idempotency_keys where ${IS_MINE} for no key update skip locked
  )
  update idempotency_keys set leased_until = ${NEW_LEASE}, created_at = now()
  from mine where (idempotency_keys.client, idempotency_keys.key) = (mine.client, mine.key)`;

const FORGET_ALL = `
  delete from idempotency_keys
  where client = $1 and key = $2 and (leased_until is null or leased_until not between clock_timestamp() and ${NEW_LEASE})`;
const FORGET = `delete from idempotency_keys where ${IS_MINE} and bytes = 0`;
const RELEASE = `update idempotency_keys set leased_until = null where ${IS_MINE}`;
