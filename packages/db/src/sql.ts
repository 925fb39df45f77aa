import type { QueryResultRow } from 'pg';
import { translatePgError } from './pg-errors.ts';
import type { Pool, Queryable } from './pool.ts';

/** Runs a statement and returns its rows. With a name it is prepared once a connection. @throws see pg-errors.ts */
export async function many<Row extends QueryResultRow>(
  db: Queryable,
  text: string,
  values: unknown[] = [],
  name?: string,
): Promise<Row[]> {
  try {
    const { rows } = await db.query<Row>(name ? { name, text, values } : { text, values });
    return rows;
  } catch (error) {
    throw translatePgError(error);
  }
}

/** Like `many`, for a statement that returns one row at most. */
export async function maybeOne<Row extends QueryResultRow>(
  db: Queryable,
  text: string,
  values: unknown[] = [],
  name?: string,
): Promise<Row | undefined> {
  const rows = await many<Row>(db, text, values, name);
  return rows[0];
}

/** Like `many`, for a statement that always returns one row. */
export async function one<Row extends QueryResultRow>(
  db: Queryable,
  text: string,
  values: unknown[] = [],
  name?: string,
): Promise<Row> {
  const row = await maybeOne<Row>(db, text, values, name);
  if (!row) throw new Error('a statement that always returns a row returned none');
  return row;
}

/** Runs `work` in a read committed transaction on one connection: committed when it resolves, else rolled back. */
export async function inTransaction<Result>(pool: Pool, work: (db: Queryable) => Promise<Result>): Promise<Result> {
  const client = await pool.connect().catch((error: unknown) => {
    throw translatePgError(error);
  });
  let broken = false;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true; // the server rolls back by itself what a lost connection leaves
    });
    throw translatePgError(error);
  } finally {
    client.release(broken);
  }
}
