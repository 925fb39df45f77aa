import type { Queryable } from '@messaging/db';
import type { Bench } from '../context.ts';
import { measureHttp } from '../http/load.ts';
import { interleave } from '../rounds.ts';
import { atMost, type Row } from '../row.ts';
import { withClient } from './with-client.ts';

const CONNECTIONS = 8;
const PAGE = 50;

/**
 * Pages of the two busiest contacts, compared with the first page of a quiet one, which has the same number of rows.
 */
export async function benchThread({ api, data, options }: Bench): Promise<Row[]> {
  const { busiest, quiet } = await withClient(data.connectionString, (client) =>
    findContacts(client, data.clumpContactId),
  );
  const load = { connections: CONNECTIONS, seconds: options.roundSeconds };
  const paths: Record<string, string> = {
    [`first page of a quiet contact (${quiet.messages} messages)`]: pathOf(quiet.id),
    ...(await pagesOf(api.origin, data.connectionString, 'busiest contact', data.clumpContactId)),
    ...(await pagesOf(api.origin, data.connectionString, `busiest of the generated`, busiest.id)),
  };
  const works = Object.entries(paths).map(([what, path]) => [what, () => measureHttp(api.origin, path, load)] as const);
  for (const path of Object.values(paths)) await measureHttp(api.origin, path, { ...load, seconds: 1 });
  const [first, ...others] = Object.entries(await interleave(options.rounds, Object.fromEntries(works)));
  if (!first) return [];
  const [what, figure] = first;
  return [
    { bench: 'thread', what, figure, checks: [] },
    ...others.map(([name, measured]) => ({
      bench: 'thread',
      what: name,
      figure: measured,
      checks: [atMost(measured.p99Ms / figure.p99Ms, 2, '× p99 of the quiet one')],
    })),
  ];
}

const pathOf = (contactId: number) => `/api/contacts/${contactId}/messages`;

/** First page, the page after the message in the middle, and the page around it. */
async function pagesOf(origin: string, url: string, who: string, contactId: number): Promise<Record<string, string>> {
  const { count, middleId } = await withClient(url, (client) => findMiddle(client, contactId));
  const around = `${pathOf(contactId)}?around=${middleId}`;
  const response = await fetch(new URL(around, origin));
  const { pagination } = (await response.json()) as { pagination: { nextCursor: string } };
  const name = `${who} (${count.toLocaleString('en-US')} messages)`;
  return {
    [`first page, ${name}`]: pathOf(contactId),
    [`by cursor from the middle, ${name}`]: `${pathOf(contactId)}?cursor=${pagination.nextCursor}`,
    [`around a message in the middle, ${name}`]: around,
  };
}

/** The busiest generated contact, and one whose messages fill little more than a page. */
export async function findContacts(db: Queryable, clumpContactId: number) {
  const { rows } = await db.query<{ id: string; messages: number }>(
    `with counted as (
       select contact_id as id, count(*)::int as messages from messages
       where contact_id <> $1 and created_at > '2023-01-01' group by contact_id
     )
     (select * from counted order by messages desc, id limit 1)
     union all
     (select * from counted where messages > $2 order by messages, id limit 1)`,
    [clumpContactId, PAGE],
  );
  const [busiest, quiet] = rows.map(({ id, messages }) => ({ id: Number(id), messages }));
  if (!busiest || !quiet) throw new Error('the data set is too small for a thread');
  return { busiest, quiet };
}

async function findMiddle(db: Queryable, contactId: number): Promise<{ count: number; middleId: number }> {
  const { rows } = await db.query<{ id: string; count: string }>(
    `select id, (select count(*) from messages where contact_id = $1) as count from messages where contact_id = $1
     order by created_at desc, id desc limit 1 offset (select count(*) / 2 from messages where contact_id = $1)`,
    [contactId],
  );
  return { count: Number(rows[0]?.count), middleId: Number(rows[0]?.id) };
}
