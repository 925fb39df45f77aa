import { UnavailableError } from '@messaging/shared';
import type pg from 'pg';
import { isConnectionLost, translatePgError } from './pg-errors.ts';
import type { Pool, Queryable } from './pool.ts';
import { many } from './sql.ts';

/** As `transaction`, on a connection of the pool. @throws UnavailableError where there is none, and what `work` throws */
export function inTransaction<Result>(pool: Pool, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  return withConnection(pool, (client) => transaction(client, work));
}

/** Connections that may still be in the middle of something: whoever had one next would go on there. */
const discarded = new WeakSet<Queryable>();

/**
 * Runs `work` on a connection of the pool that is its own. One that may not be as it was is closed afterwards: a
 * connection on which a statement got no answer in time looks whole to the pool, and may stand in an open transaction.
 * @throws UnavailableError where there is none
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
 * Ends what was begun on a connection, after the `failure` of what came between if there was one. Where it cannot be
 * ended, because the connection is lost or silent, `withConnection` closes the connection, which ends it too.
 */
export async function endOrDiscard(db: Queryable, end: () => Promise<unknown>, failure?: unknown): Promise<void> {
  // On a silent connection it would only wait behind the statement that got no answer, for as long again.
  if (isConnectionLost(failure)) discarded.add(db);
  else await end().catch(() => discarded.add(db));
}
