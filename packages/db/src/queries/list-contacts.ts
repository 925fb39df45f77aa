import type { Queryable } from '../pool.ts';
import { one } from '../sql.ts';
import { isoUtc, type JsonPage, type PageRequest, toPageStart, toPagination } from './page.ts';

const SCOPE = 'contacts';

/** Lists contacts by id. @throws InvalidInputError for a cursor of another list */
export async function listContacts(db: Queryable, request: PageRequest): Promise<JsonPage> {
  const { pageSize } = request;
  const start = toPageStart(request, SCOPE);
  const row = await one<PageRow>(db, start.after ? AFTER : NUMBERED, [pageSize, ...(start.after ?? [start.offset])]);
  const facts = { ...row, lastKey: row.lastId === null ? null : [row.lastId] };
  return { itemsJson: row.itemsJson, pagination: toPagination(facts, start.page, pageSize, SCOPE) };
}

interface PageRow {
  itemsJson: string;
  hasMore: boolean;
  lastId: number | null;
  total: number;
  [column: string]: unknown;
}

const pageOf = (where: string, offset: string) => `
  with page as materialized (
    select id, name, phone_number, created_at, updated_at from contacts
    ${where}
    order by id
    limit $1 + 1 offset ${offset}
  ), shown as (
    select * from page order by id limit $1
  )
  select
    (
      select coalesce(json_agg(json_build_object(
        'id', id, 'name', name, 'phoneNumber', phone_number,
        'createdAt', ${isoUtc('created_at')}, 'updatedAt', ${isoUtc('updated_at')}
      ) order by id), '[]')::text
      from shown
    ) as "itemsJson",
    (select count(*) from page) > $1 as "hasMore",
    (select max(id) from shown) as "lastId",
    (select count(*) from contacts) as "total"`;

const NUMBERED = pageOf('', '$2::bigint');
const AFTER = pageOf('where id > $2::bigint', '0');
