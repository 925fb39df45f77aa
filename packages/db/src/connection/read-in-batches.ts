import type { QueryResultRow } from 'pg';
import type { Queryable } from './pool.ts';
import { many } from './sql.ts';

/** A text can be 1 MiB long. */
const ROWS_AT_ONCE = 32;

/**
 * Reads the rows of a statement, `rowsAtOnce` at a time. Requires a transaction. Only one such statement can run at a
 * time.
 */
export async function readInBatches<Row extends QueryResultRow>(
  db: Queryable,
  text: string,
  values: unknown[],
  visit: (rows: Row[]) => Promise<void> | void,
  rowsAtOnce = ROWS_AT_ONCE,
): Promise<void> {
  await many(db, `declare batches no scroll cursor for ${text}`, values);
  for (;;) {
    const rows = await many<Row>(db, `fetch ${rowsAtOnce} from batches`);
    if (rows.length === 0) break;
    await visit(rows);
  }
  await many(db, 'close batches');
}
