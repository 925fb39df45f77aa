import pg from 'pg';
import { translatePgError } from './pg-errors.ts';
import type { Pool, Queryable } from './pool.ts';

/**
 * Cancels whatever the backend of `client` is running when `signal` aborts, over a connection of its own: the busy one
 * cannot take another statement. Best effort; returns how to stop listening.
 */
export function cancelOnAbort(
  client: pg.ClientBase,
  options: pg.ClientConfig,
  signal: AbortSignal | undefined,
): () => void {
  const backendPid = (client as unknown as { processID: number }).processID;
  const cancel = async (): Promise<void> => {
    const canceller = new pg.Client({ ...options, application_name: 'messaging-cancel' });
    canceller.on('error', () => {}); // without a second connection the statement ends by itself
    try {
      await canceller.connect();
      await canceller.query('select pg_cancel_backend($1)', [backendPid]);
    } finally {
      await canceller.end();
    }
  };
  const onAbort = (): void => void cancel().catch(() => {});
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => signal?.removeEventListener('abort', onAbort);
}

/**
 * Runs `work` on one connection of the pool; when `signal` aborts, the statement that runs is cancelled in PostgreSQL
 * and `work` fails. The connection is then closed: a cancellation that arrives late would hit whoever has it next, and
 * one that failed may still be waiting for an answer.
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
    stopCancelling();
    client.release(!succeeded || signal?.aborted === true);
  }
}
