import type pg from 'pg';
import { pgCode, translatePgError } from '../connection/pg-errors.ts';
import type { Queryable } from '../connection/pool.ts';
import { transaction } from '../connection/transaction.ts';

/** The result of a batch: how many lines came to what, and the lines that were not stored. */
export interface StoredBatch {
  counts: Record<string, number>;
  rejected: { line: number; message: string }[];
}

/** Stores the lines of a batch in the transaction of `client`, or says why not. */
export type StoreLines<Line> = (client: pg.ClientBase, lines: Line[]) => Promise<StoredBatch>;

/** Additional work in the transaction of a batch. It runs again when the batch is retried. */
export interface AroundBatch {
  before: (db: Queryable) => Promise<void>;
  after: (db: Queryable, stored: StoredBatch) => Promise<void>;
}

/**
 * Others may delete its contacts or import the same rows at the same time. The batch that loses a conflict is retried.
 */
const ATTEMPTS = 5;
const CONFLICTS = new Set([
  '23503' /* a contact was deleted meanwhile */,
  '23505' /* unique violation */,
  '40001' /* serialization failure */,
  '40P01' /* deadlock */,
]);

/**
 * Stores the lines of a batch in one transaction. No one else may use `client` meanwhile.
 * @throws UnavailableError when nothing was stored, and what `around` throws
 */
export async function importBatch<Line>(
  client: pg.ClientBase,
  lines: Line[],
  store: StoreLines<Line>,
  around?: AroundBatch,
): Promise<StoredBatch> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction(client, async () => {
        await around?.before(client);
        const stored = await store(client, lines);
        await around?.after(client, stored);
        return stored;
      });
    } catch (error) {
      const code = pgCode(error) ?? pgCode((error as Error).cause);
      if (attempt === ATTEMPTS || !code || !CONFLICTS.has(code)) throw translatePgError(error);
    }
  }
}
