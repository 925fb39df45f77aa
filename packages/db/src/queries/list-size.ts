import type { Queryable } from '../connection/pool.ts';
import { one } from '../connection/sql.ts';

type List = 'contacts' | 'conversations';

/** SQL for the exact size of a list: the sum of its few recorded changes. */
export const listSize = (list: List): string =>
  `(select coalesce(sum(change), 0)::bigint from list_sizes where list = '${list}')`;

/** Returns the exact number of rows of a list. */
export async function getListSize(db: Queryable, list: List): Promise<number> {
  const { size } = await one<{ size: number }>(db, `select ${listSize(list)} as size`, [], `size-of-${list}`);
  return size;
}
