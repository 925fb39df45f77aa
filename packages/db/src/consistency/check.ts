import type { Pool, Queryable } from '../connection/pool.ts';

/** Compares and repairs one derived table. */
export interface Check {
  table: string;
  /**
   * Finds differences in a transaction with one snapshot, so that concurrent writes are not reported. Memory is
   * bounded: it reads the contacts in ranges.
   */
  find: (db: Queryable) => Promise<Differences>;
  /** Rebuilds what differs, while writers and the worker run. */
  repair: (pool: Pool, differences: Differences) => Promise<void>;
}

/** What differs. */
export interface Differences {
  /** Number of contacts, or of rows for a table without contacts. */
  count: number;
  /** The first 10,000 contacts that differ. */
  contactIds: number[];
  /** Additional information, for example that the table is missing or not built yet. */
  note?: string;
}

/** Maximum number of recorded contacts. A repair fixes these and compares again. */
export const MAX_REMEMBERED = 10_000;

/** Adds the differences of one range of contacts. */
export function addDifferences(differences: Differences, contactIds: number[]): void {
  differences.count += contactIds.length;
  const room = MAX_REMEMBERED - differences.contactIds.length;
  differences.contactIds.push(...contactIds.slice(0, room));
}
