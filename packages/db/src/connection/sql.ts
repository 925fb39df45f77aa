import type { QueryResultRow } from 'pg';
import { translatePgError } from './pg-errors.ts';
import type { Queryable } from './pool.ts';

/**
 * Runs a statement and returns its rows. A named statement is prepared once per connection. @throws see pg-errors.ts
 */
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

/** Like `many`, for a statement that returns at most one row. */
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
