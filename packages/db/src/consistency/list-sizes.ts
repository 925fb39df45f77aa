import { one } from '../connection/sql.ts';
import { countLists } from '../refresh/count-lists.ts';
import type { Check } from './check.ts';

/** The sizes of the lists. */
export const checkListSizes: Check = {
  table: 'list_sizes',
  async find(db) {
    const { count } = await one<{ count: number }>(db, DIFFERENT);
    return { count, contactIds: [] };
  },
  repair: (pool) => countLists(pool),
};

const DIFFERENT = `
  select count(*) as count
  from (
    select 'contacts' as list, count(*) as size from contacts
    union all
    select 'conversations', count(*) from contacts c where exists (select from messages where contact_id = c.id)
  ) truth
  full join (select list, sum(change) as size from list_sizes group by list) told using (list)
  where coalesce(truth.size, 0) is distinct from coalesce(told.size, 0)`;
