import { idKey } from '@messaging/shared';
import type { Queryable } from '../connection/pool.ts';
import { one } from '../connection/sql.ts';
import { getListSize, listSize } from './list-size.ts';
import { isDeep, isoUtc, type JsonPage, type PageRequest, toPageStart, toPagination } from './page.ts';

const SCOPE = 'contacts';

/** Lists contacts by id. @throws InvalidInputError for a cursor of another list */
export async function listContacts(db: Queryable, request: PageRequest): Promise<JsonPage> {
  const { pageSize } = request;
  const start = toPageStart(request, SCOPE, idKey);
  const [text, name, values] = start.after
    ? [AFTER, 'list-contacts-after', start.after]
    : [...(await numbered(db, start.offset)), [start.offset]];
  const row = await one<PageRow>(db, text, [pageSize, ...values], name);
  const facts = { ...row, lastKey: row.lastId === null ? null : [row.lastId] };
  return { itemsJson: row.itemsJson, pagination: toPagination(facts, start.page, pageSize, SCOPE) };
}

async function numbered(db: Queryable, offset: number): Promise<[string, string]> {
  const isNearEnd = isDeep(offset) && offset > (await getListSize(db, 'contacts')) / 2;
  return isNearEnd ? [FROM_END, 'list-contacts-from-end'] : [FROM_START, 'list-contacts-from-start'];
}

interface PageRow {
  itemsJson: string;
  hasMore: boolean;
  lastId: number | null;
  total: number;
  [column: string]: unknown;
}

/** Skipping rows reads keys only. The rows of the page are then fetched by key. */
const pageOf = (keys: string, hasMore = '(select count(*) from keys) > $1') => `
  with keys as materialized (${keys}), shown as (
    select c.* from contacts c join (select id from keys order by id limit $1) k using (id)
  )
  select
    (
      select '[' || coalesce(string_agg(row_to_json(item)::text, ',' order by id), '') || ']'
      from (
        select id, name, phone_number as "phoneNumber",
          ${isoUtc('created_at')} as "createdAt", ${isoUtc('updated_at')} as "updatedAt"
        from shown
      ) item
    ) as "itemsJson",
    ${hasMore} as "hasMore",
    (select max(id) from shown) as "lastId",
    ${listSize('contacts')} as "total"`;

const FROM_START = pageOf('select id from contacts order by id limit $1 + 1 offset $2::bigint');
const AFTER = pageOf('select id from contacts where id > $2::bigint order by id limit $1 + 1');

const LEFT = `${listSize('contacts')} - $2::bigint`;
const FROM_END = pageOf(
  `select id from contacts order by id desc offset greatest(0, ${LEFT} - $1) limit least($1, greatest(0, ${LEFT}))`,
  `${LEFT} > $1`,
);
