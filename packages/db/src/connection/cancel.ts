import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { translatePgError } from './pg-errors.ts';
import type { Pool, Queryable } from './pool.ts';
import { backendPidOf } from './session-settings.ts';

/** The cancellation is repeated after this time, because one that arrives between two statements has no effect. */
const AGAIN_AFTER_MS = 1_000;
const ANSWER_TIMEOUT_MS = 5_000;

/**
 * When `signal` aborts, cancels the statement that the backend of `client` runs, and repeats this until it is stopped.
 * It uses a separate connection, because the busy one cannot take another statement. Best effort. Returns a function
 * that stops it. That function resolves when no cancellation is under way; a later one would hit the next user of the
 * backend.
 */
export function cancelOnAbort(
  client: pg.ClientBase,
  options: pg.ClientConfig,
  signal: AbortSignal | undefined,
): () => Promise<void> {
  const backendPid = backendPidOf(client);
  const stopped = new AbortController();
  let cancelling = Promise.resolve();
  const onAbort = (): void => {
    cancelling = cancel(options, backendPid, stopped.signal).catch(() => {}); // the statement ends by itself
  };
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  return async () => {
    signal?.removeEventListener('abort', onAbort);
    stopped.abort();
    await cancelling;
  };
}

async function cancel(options: pg.ClientConfig, backendPid: number, stopped: AbortSignal): Promise<void> {
  const limits = { connectionTimeoutMillis: ANSWER_TIMEOUT_MS, query_timeout: ANSWER_TIMEOUT_MS };
  const canceller = new pg.Client({ ...options, ...limits, application_name: 'messaging-cancel' });
  canceller.on('error', () => {}); // the query rejects with the same error
  try {
    await canceller.connect();
    while (!stopped.aborted) {
      await canceller.query('select pg_cancel_backend($1)', [backendPid]);
      await wait(AGAIN_AFTER_MS, undefined, { signal: stopped });
    }
  } finally {
    await canceller.end();
  }
}

/**
 * Runs `work` on one connection of the pool. When `signal` aborts, the running statement is cancelled in PostgreSQL and
 * `work` fails. The connection is then closed, because it may still be waiting for a response.
 * @throws UnavailableError when there is no connection
 */
export async function withCancellation<Result>(
  pool: Pool,
  signal: AbortSignal | undefined,
  work: (db: Queryable) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect().catch((error: unknown) => {
    throw translatePgError(error);
  });
  const stopCancelling = cancelOnAbort(client, pool.options, signal);
  let succeeded = false;
  try {
    signal?.throwIfAborted();
    const result = await work(client);
    succeeded = true;
    return result;
  } finally {
    await stopCancelling();
    client.release(!succeeded || signal?.aborted === true);
  }
}
