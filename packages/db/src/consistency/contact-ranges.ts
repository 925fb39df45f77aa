import type { Queryable } from '../connection/pool.ts';
import { many, one } from '../connection/sql.ts';
import { addDifferences, type Differences } from './check.ts';

/** Ids from `first` to `last`, both included. */
export type ContactRange = [first: number, last: number];

/**
 * Collects the contacts that differ, in ranges of `contactsAtOnce` existing contacts. The ranges cover every id, so
 * derived rows of contacts that do not exist are found too.
 */
export async function findInRanges(
  db: Queryable,
  contactsAtOnce: number,
  findIn: (range: ContactRange) => Promise<number[]>,
): Promise<Differences> {
  const differences: Differences = { count: 0, contactIds: [] };
  for (let first = 0; first <= Number.MAX_SAFE_INTEGER; ) {
    const { last } = await one<{ last: number | null }>(db, LAST, [first, contactsAtOnce]);
    const range: ContactRange = [first, last ?? Number.MAX_SAFE_INTEGER];
    addDifferences(differences, await findIn(range));
    first = range[1] + 1;
  }
  return differences;
}

/** Like findInRanges, for a statement over the range `$1` to `$2` that returns a `contactId` for each difference. */
export function findByStatement(db: Queryable, contactsAtOnce: number, text: string): Promise<Differences> {
  return findInRanges(db, contactsAtOnce, async (range) => {
    const rows = await many<{ contactId: number }>(db, text, range);
    return rows.map(({ contactId }) => contactId);
  });
}

/** Null if fewer are left. */
const LAST = 'select (select id from contacts where id >= $1 order by id offset $2 - 1 limit 1) as "last"';
