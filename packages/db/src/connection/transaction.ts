import { UnavailableError } from '@messaging/shared';
import type pg from 'pg';
import { isConnectionLost, translatePgError } from './pg-errors.ts';
import type { Pool, Queryable } from './pool.ts';
import { many } from './sql.ts';

/**
 * Like `transaction`, on a connection of the pool. @throws UnavailableError when there is none, and what `work` throws
 */
export function inTransaction<Result>(pool: Pool, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  return withConnection(pool, (client) => transaction(client, work));
}

/** Connections that may be in an unfinished state. The next user must not get one of them. */
const discarded = new WeakSet<Queryable>();

/**
 * Runs `work` on its own connection of the pool. A connection whose state is unknown is closed afterwards: after a
 * response timeout it looks usable to the pool, but it may be inside an open transaction.
 * @throws UnavailableError when there is no connection
 */
export async function withConnection<Result>(
  pool: Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect().catch((error: unknown) => {
    throw translatePgError(error);
  });
  let wasUnavailable = false;
  try {
    return await work(client);
  } catch (error) {
    wasUnavailable = translatePgError(error) instanceof UnavailableError;
    throw error;
  } finally {
    client.release(wasUnavailable || discarded.has(client));
  }
}

/** Runs `work` between `begin` and `commit`, or `rollback` when it rejects. @throws what `work` throws */
export async function transaction<Client extends Queryable, Result>(
  db: Client,
  work: (db: Client) => Promise<Result>,
): Promise<Result> {
  await many(db, 'begin');
  try {
    const result = await work(db);
    await many(db, 'commit');
    return result;
  } catch (error) {
    await endOrDiscard(db, () => many(db, 'rollback'), error);
    throw error;
  }
}

/**
 * Ends a transaction. `failure` is the error of its work, if there was one. If the connection is lost or silent, the
 * transaction cannot be ended here. `withConnection` then closes the connection, which ends the transaction too.
 */
export async function endOrDiscard(db: Queryable, end: () => Promise<unknown>, failure?: unknown): Promise<void> {
  // On a silent connection a rollback would wait behind the statement that got no response, for the same time again.
  if (isConnectionLost(failure)) discarded.add(db);
  else await end().catch(() => discarded.add(db));
}
