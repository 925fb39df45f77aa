import { MAX_CONTENT_BYTES } from '@messaging/shared';
import type { Queryable } from '../connection/pool.ts';
import { many, one } from '../connection/sql.ts';
import type { Tables } from './kept-schema.ts';
import { isInRange, listColumns, timeOf } from './old-columns.ts';

const MAX_ID = Number.MAX_SAFE_INTEGER;

/** Lists the old messages that a single command would refuse, with what is wrong. Call it after the contacts. */
export async function rejectMessages(db: Queryable, tables: Tables, timeZone?: string): Promise<void> {
  const time = await timeOfMessages(db, tables, timeZone);
  await many(
    db,
    `create table ${tables.rejectedMessages} as
     select id, problem
     from (
       select m.id,
         case
           when m.id not between 1 and ${MAX_ID} then 'id: must be from 1 to ${MAX_ID}'
           when m.contact_id is null then 'contact_id: it has no contact'
           when r.id is not null then format('contact_id: contact %s was rejected', m.contact_id)
           when c.id is null then format('contact_id: there is no contact %s', m.contact_id)
           when m.content is null or m.content::text = '' then 'content: must not be empty'
           when octet_length(m.content::text) > ${MAX_CONTENT_BYTES} then 'content: must be at most ${MAX_CONTENT_BYTES} bytes of UTF-8'
           when not ${isInRange('m.at')} then 'created_at: must be from 1970 to 9999'
         end as problem
       from (select id, contact_id, content, ${time} as at from ${tables.messages}) m
       left join ${tables.contacts} c on c.id = m.contact_id
       left join ${tables.rejectedContacts} r on r.id = m.contact_id
     ) judged
     where problem is not null`,
  );
  await many(db, `alter table ${tables.rejectedMessages} add primary key (id), alter column problem set not null`);
}

/**
 * Copies the old messages that are not rejected into `messages`. One without a time gets that of the message before it,
 * by id, because ids are given in the order of writing. Returns how many those are.
 */
export async function takeMessages(db: Queryable, tables: Tables, timeZone?: string): Promise<number> {
  const time = await timeOfMessages(db, tables, timeZone);
  const { untimed } = await one<{ untimed: number }>(
    db,
    `select count(*)::float8 as untimed from ${tables.messages} m
     where ${time} is null and not exists (select from ${tables.rejectedMessages} where id = m.id)`,
  );
  if (untimed > 0) await many(db, timesOfNeighbours(tables, time));
  await many(
    db,
    `insert into messages (id, contact_id, content, created_at)
     select m.id, contact_id, content::text, ${untimed > 0 ? `coalesce(${time}, neighbour.at)` : time}
     from ${tables.messages} m
     ${untimed > 0 ? 'left join pg_temp.times_of_neighbours neighbour on neighbour.id = m.id' : ''}
     where not exists (select from ${tables.rejectedMessages} where id = m.id)`,
  );
  return untimed;
}

async function timeOfMessages(db: Queryable, { messages }: Tables, timeZone?: string): Promise<string> {
  return timeOf((await listColumns(db, messages)).get('created_at'), timeZone);
}

/** Rows are grouped by the last known time before them. Group 0 comes before the first known time, and takes that one. */
const timesOfNeighbours = ({ messages }: Tables, time: string): string => `
  create temporary table times_of_neighbours on commit drop as
  with known as (
    select id, case when ${isInRange(time)} then ${time} end as at from ${messages}
  ), numbered as (
    select *, count(at) over (order by id) as time_no from known
  ), times as (
    select time_no, max(at) as at from numbered group by time_no
  )
  select id, coalesce(times.at, (select at from times where time_no = 1), now()) as at
  from numbered join times using (time_no)
  where numbered.at is null`;
