import type { Pool, Queryable } from '../connection/pool.ts';

/** How one derived table compares with `contacts` and `messages`. */
export interface Check {
  table: string;
  /**
   * Finds what differs, in a transaction that sees one moment: what is written meanwhile is no difference. Memory is
   * bounded; contacts are looked at some at a time.
   */
  find: (db: Queryable) => Promise<Differences>;
  /** Rebuilds what differs, beside writers and the worker. */
  repair: (pool: Pool, differences: Differences) => Promise<void>;
}

/** What differs. */
export interface Differences {
  /** Contacts, or for a table without contacts its rows. */
  count: number;
  /** Which contacts, the first 10,000 of them. */
  contactIds: number[];
  /** What there is to know besides: that the table is missing, or not built yet. */
  note?: string;
}

/** More contacts than this are not remembered. A repair takes one step after the other, and looks again. */
export const MAX_REMEMBERED = 10_000;

/** Adds what was found of some contacts to what was found of those before. */
export function addDifferences(differences: Differences, contactIds: number[]): void {
  differences.count += contactIds.length;
  const room = MAX_REMEMBERED - differences.contactIds.length;
  differences.contactIds.push(...contactIds.slice(0, room));
}
