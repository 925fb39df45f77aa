import { idKey } from '@messaging/shared';
import type { Queryable } from '../connection/pool.ts';
import { one } from '../connection/sql.ts';
import { CONTACT_FIELDS } from './contact-fields.ts';
import { getListSize, listSize } from './list-size.ts';
import { isDeep, type JsonPage, type PageRequest, type PageStart, toPageStart, toPagination } from './page.ts';
import { SNAPSHOT } from './snapshot.ts';

const SCOPE = 'contacts';

/** Which contacts are requested: all, or the one with an external id. */
export interface ContactsRequest extends PageRequest {
  externalId?: string | undefined;
}

/** Lists contacts by id. @throws InvalidInputError for a cursor of another list */
export async function listContacts(db: Queryable, request: ContactsRequest): Promise<JsonPage> {
  const { pageSize, externalId } = request;
  const scope = externalId === undefined ? SCOPE : `${SCOPE}:${externalId}`;
  const start = toPageStart(request, scope, idKey);
  const [text, name, values] = await statementFor(db, start, externalId);
  const row = await one<PageRow>(db, text, [pageSize, ...values], name);
  const facts = { ...row, lastKey: row.lastId === null ? null : [row.lastId] };
  const { itemsJson, snapshot } = row;
  return { itemsJson, snapshot, pagination: toPagination(facts, start.page, pageSize, scope) };
}

async function statementFor(
  db: Queryable,
  { after, offset }: PageStart<[number]>,
  externalId: string | undefined,
): Promise<[string, string, unknown[]]> {
  if (externalId !== undefined) return [NAMED, 'list-contacts-named', [externalId, after?.[0] ?? 0, offset]];
  if (after) return [AFTER, 'list-contacts-after', after];
  return [...(await numbered(db, offset)), [offset]];
}

async function numbered(db: Queryable, offset: number): Promise<[string, string]> {
  const isNearEnd = isDeep(offset) && offset > (await getListSize(db, 'contacts')) / 2;
  return isNearEnd ? [FROM_END, 'list-contacts-from-end'] : [FROM_START, 'list-contacts-from-start'];
}

interface PageRow {
  snapshot: string;
  itemsJson: string;
  hasMore: boolean;
  lastId: number | null;
  total: number;
  [column: string]: unknown;
}

/** Skipping rows reads keys only. The rows of the page are then fetched by key. */
const pageOf = (keys: string, hasMore = '(select count(*) from keys) > $1', total = listSize('contacts')) => `
  with keys as materialized (${keys}), shown as (
    select c.* from contacts c join (select id from keys order by id limit $1) k using (id)
  )
  select
    ${SNAPSHOT} as snapshot,
    (
      select '[' || coalesce(string_agg(row_to_json(item)::text, ',' order by id), '') || ']'
      from (
        select ${CONTACT_FIELDS} from shown
      ) item
    ) as "itemsJson",
    ${hasMore} as "hasMore",
    (select max(id) from shown) as "lastId",
    ${total} as "total"`;

const FROM_START = pageOf('select id from contacts order by id limit $1 + 1 offset $2::bigint');
const AFTER = pageOf('select id from contacts where id > $2::bigint order by id limit $1 + 1');

const NAMED = pageOf(
  'select id from contacts where external_id = $2 and id > $3::bigint order by id limit $1 + 1 offset $4::bigint',
  undefined,
  '(select count(*) from contacts where external_id = $2)',
);

const LEFT = `${listSize('contacts')} - $2::bigint`;
const FROM_END = pageOf(
  `select id from contacts order by id desc offset greatest(0, ${LEFT} - $1) limit least($1, greatest(0, ${LEFT}))`,
  `${LEFT} > $1`,
);
