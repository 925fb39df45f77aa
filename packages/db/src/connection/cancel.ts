import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { translatePgError } from './pg-errors.ts';
import type { Pool, Queryable } from './pool.ts';
import { backendPidOf } from './session-settings.ts';

/** How long after a cancellation the next one follows: one that comes between two statements has no effect. */
const AGAIN_AFTER_MS = 1_000;
const ANSWER_TIMEOUT_MS = 5_000;

/**
 * Cancels whatever the backend of `client` runs once `signal` is aborted, again and again until it is stopped, over
 * a connection of its own: the busy one cannot take another statement. Best effort. Returns how to stop, which resolves
 * once no cancellation is under way any more: one that came later would hit whoever has the backend next.
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
 * Runs `work` on one connection of the pool; when `signal` aborts, the statement that runs is cancelled in PostgreSQL
 * and `work` fails. The connection is then closed: it may still be waiting for an answer.
 * @throws UnavailableError when no connection can be had
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
