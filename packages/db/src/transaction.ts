import type pg from 'pg';
import { translatePgError } from './pg-errors.ts';
import type { Pool, Queryable } from './pool.ts';
import { many } from './sql.ts';

/** As `transaction`, on a connection of the pool. @throws UnavailableError where there is none, and what `work` throws */
export function inTransaction<Result>(pool: Pool, work: (db: Queryable) => Promise<Result>): Promise<Result> {
  return withConnection(pool, (client) => transaction(client, work));
}

/** Runs `work` on a connection of the pool that is its own. @throws UnavailableError where there is none */
export async function withConnection<Result>(
  pool: Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect().catch((error: unknown) => {
    throw translatePgError(error);
  });
  try {
    return await work(client);
  } finally {
    client.release(); // the pool itself closes one that was lost
  }
}

/** Runs `work` between `begin` and `commit`, or `rollback` when it rejects. @throws what `work` throws */
export async function transaction<Result>(db: Queryable, work: (db: Queryable) => Promise<Result>): Promise<Result> {
  await many(db, 'begin');
  try {
    const result = await work(db);
    await many(db, 'commit');
    return result;
  } catch (error) {
    await many(db, 'rollback').catch(() => {}); // the connection is lost, and the transaction with it
    throw error;
  }
}
