import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createLogger } from '@messaging/shared';
import { eventually } from '@messaging/shared/testing';
import { type AdoptOptions, adoptDatabase } from '../src/adopt/adopt-database.ts';
import { type LoadProgress, silentProgress } from '../src/bulk-load/progress.ts';
import { sendMessage } from '../src/commands/send-message.ts';
import { checkDatabase } from '../src/consistency/check-database.ts';
import { listConversations } from '../src/queries/list-conversations.ts';
import { migrate } from '../src/schema/migrate.ts';
import { searchConversations } from '../src/search/search-conversations.ts';
import { NOT_MIGRATED } from '../src/testing/database.ts';
import { createFixture, type Fixture } from './support.ts';

const logger = createLogger({ level: 'silent', pretty: false }, 'test');

/** The usual simple schema, and what others have added to it. */
const SCHEMA = `
  create table contacts (
    id serial primary key,
    name varchar(100) not null,
    phone_number varchar(20),
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    company text
  );
  create table messages (
    id serial primary key,
    contact_id integer references contacts,
    content text,
    created_at timestamptz default now(),
    is_read boolean not null default false
  );
  create index on messages (contact_id);
  create view latest_conversations as
    select distinct on (c.id) c.id, c.name, m.content, m.created_at
    from contacts c join messages m on m.contact_id = c.id
    order by c.id, m.created_at desc;
  create view busy_contacts as select id, name from latest_conversations where content <> '';
  create view companies as select distinct company from contacts;`;

const DATA = `
  insert into contacts (name, phone_number, created_at)
    select 'Kontakt ' || i, '+1 555 ' || i, '2021-01-01T00:00:00Z' from generate_series(1, 1000) i;
  insert into messages (contact_id, content, created_at)
    select 1 + i * 7 % 1000, 'Nachricht ' || i || ' — José', timestamptz '2022-01-01T00:00:00Z' + make_interval(secs => i)
    from generate_series(1, 100000) i;
  update contacts set created_at = null, updated_at = '2020-02-02T00:00:00Z' where id = 10;
  update contacts set created_at = null, updated_at = null where id = 11;
  update contacts set phone_number = null where id = 20;
  update contacts set phone_number = 'none' where id = 21;
  update contacts set name = '  ' where id = 22;
  update contacts set created_at = 'infinity' where id = 23;
  update messages set contact_id = null where id = 100;
  update messages set content = null where id = 101;
  update messages set content = '' where id = 102;
  update messages set created_at = null where id in (1, 2, 103, 104, 99999);
  update messages set created_at = '-infinity' where id = 105;
  update messages set content = repeat('x', 1048577) where id = 106;
  update messages set content = repeat('é', 524288) where id = 107;`;

let fixture: Fixture;

beforeEach(async () => {
  fixture = await createFixture(NOT_MIGRATED);
});

afterEach(() => fixture.close());

const rowsOf = async (text: string, values?: unknown[]) => (await fixture.pool.query(text, values)).rows;

interface Given extends Partial<AdoptOptions> {
  progress?: LoadProgress;
  signal?: AbortSignal;
}

function adopt({ progress = silentProgress, signal = new AbortController().signal, ...options }: Given = {}) {
  return adoptDatabase(fixture.connectionString, { isDry: false, ...options }, { progress, logger, signal });
}

/** Every table, view and row of the old schema, to see that nothing was changed. */
async function describeOld(): Promise<unknown> {
  const relations = await rowsOf(`
    select oid::regclass::text as name from pg_class
    where relnamespace not in (select oid from pg_namespace where nspname like 'pg\\_%' or nspname = 'information_schema')
    order by 1`);
  const sums = await rowsOf(`select (select md5(string_agg(c::text, '' order by id)) from contacts c) as contacts,
    (select md5(string_agg(m::text, '' order by id)) from messages m) as messages`);
  return [relations, sums];
}

test('takes over 100,000 messages with their ids, and lists what cannot be taken', async () => {
  await fixture.pool.query(SCHEMA + DATA);
  const dry = await adopt({ isDry: true });
  const adoption = await adopt();
  expect(adoption.contacts).toEqual({
    taken: 996,
    rejected: 4,
    problems: [
      { problem: 'created_at, updated_at: must be from 1970 to 9999', rows: 1, id: '23' },
      { problem: 'name: must not be blank', rows: 1, id: '22' },
      {
        problem: expect.stringMatching(/^phoneNumber: is (missing|required)|^phoneNumber: must be a string/),
        rows: 1,
        id: '20',
      },
      { problem: expect.stringContaining('phoneNumber: must contain a digit'), rows: 1, id: '21' },
    ],
  });
  expect(adoption.messages).toMatchObject({ taken: 100_000 - 400 - 5, rejected: 405 });
  expect(adoption.messages.problems).toContainEqual({
    problem: 'contact_id: contact … was rejected',
    rows: 400,
    id: expect.any(String),
  });
  expect(Object.fromEntries(adoption.messages.problems.map(({ problem, id }) => [id, problem]))).toMatchObject({
    100: 'contact_id: it has no contact',
    101: 'content: must not be empty',
    105: 'created_at: must be from 1970 to 9999',
    106: 'content: must be at most 1048576 bytes of UTF-8',
  });
  expect(adoption.untimedMessages).toBe(5);
  expect(dry).toMatchObject({ contacts: adoption.contacts, messages: adoption.messages });

  expect(
    await rowsOf(`
    select count(*)::int from messages m join adopted.messages old using (id)
    where m.contact_id = old.contact_id and m.content = old.content and m.created_at = old.created_at`),
  ).toEqual([{ count: 99_590 }]);
  const times = await rowsOf(
    "select id, extract(epoch from created_at - '2022-01-01T00:00:00Z')::int as s from messages where id in (1, 2, 103, 104, 99999) order by id",
  );
  expect(times).toEqual([
    { id: 1, s: 3 },
    { id: 2, s: 3 },
    { id: 103, s: 102 },
    { id: 104, s: 102 },
    { id: 99_999, s: 99_998 },
  ]);
  expect(
    await rowsOf('select id, created_at::date::text as c, updated_at::date::text as u from contacts where id = 10'),
  ).toEqual([{ id: 10, c: '2020-02-02', u: '2020-02-02' }]);
  expect(await rowsOf('select id from adopted.rejected_messages where id between 100 and 107 order by id')).toEqual(
    [100, 101, 102, 105, 106].map((id) => ({ id })),
  );
  expect(await checkDatabase(fixture.pool)).toEqual(expect.arrayContaining([expect.objectContaining({ count: 0 })]));
  expect((await checkDatabase(fixture.pool)).filter(({ count }) => count > 0)).toEqual([]);
  expect((await searchConversations(fixture.readPool, 'nachricht 4711 ', { pageSize: 10 })).conversations).toHaveLength(
    1,
  );
}, 120_000);

test('new ids follow the old ones, and what is written afterwards is in every answer', async () => {
  await fixture.pool.query(`${SCHEMA}
    insert into contacts (name, phone_number) values ('Ada', '+1 555 1'), ('Bo', '+1 555 2');
    insert into messages (contact_id, content) values (1, 'one'), (2, 'two'), (null, 'nobody''s')`);
  await adopt();
  const { id } = await sendMessage(fixture.pool, {
    contactId: 1,
    content: 'three',
    createdAt: undefined,
    direction: 'outbound',
  });
  expect(id).toBe(4);
  const { itemsJson } = await listConversations(fixture.pool, { pageSize: 10 });
  expect(JSON.parse(itemsJson)).toMatchObject([
    { contactId: 1, lastMessage: { id: 4, preview: 'three', direction: 'outbound' } },
    { contactId: 2, lastMessage: { id: 2, preview: 'two', direction: null } },
  ]);
  await expect(migrate(fixture.connectionString, logger)).resolves.toEqual([]);
});

// C writes in autocommit all the time. A has the tables for itself from its begin to its commit. A statement of C that is parsed before
// waits for the lock, and finds the name anew when it gets it; so each write is either in the old table before A copies it, or in the new.
test('loses nothing of a client that goes on writing', async () => {
  await fixture.pool.query(SCHEMA + DATA);
  const client = await fixture.connect();
  const written: { id: number; content: string }[] = [];
  let isDone = false;
  let wasWaiting = false;
  const writing = (async () => {
    for (let i = 0; !isDone || written.length < 50; i++) {
      const content = `while adopting ${i}`;
      const { rows } = await client.query('insert into messages (contact_id, content) values ($1, $2) returning id', [
        1 + (i % 9),
        content,
      ]);
      written.push({ id: Number(rows[0].id), content });
      await client.query('update contacts set name = $2 where id = $1', [1 + (i % 9), `Renamed ${i}`]);
    }
    return written.length;
  })();
  const watching = eventually(async () => {
    if ((await fixture.countWaiting()) === 0 && !isDone) throw new Error('nobody waits');
    wasWaiting = !isDone;
  });
  await eventually(() => expect(written.length).toBeGreaterThan(5));
  await adopt();
  isDone = true;
  await Promise.all([writing, watching]);
  expect(wasWaiting).toBe(true);
  const found = await rowsOf("select id::int, content from messages where content like 'while adopting %' order by id");
  expect(found).toEqual(written.toSorted((a, b) => a.id - b.id));
  const [before] = await rowsOf("select count(*)::int from adopted.messages where content like 'while adopting %'");
  expect(before.count).toBeGreaterThan(0);
  expect(before.count).toBeLessThan(written.length);
  expect((await checkDatabase(fixture.pool)).filter(({ count }) => count > 0)).toEqual([]);
}, 120_000);

test('waits for a transaction that uses the tables, and lets others in meanwhile', async () => {
  await fixture.pool.query(`${SCHEMA} insert into contacts (name, phone_number) values ('Ada', '+1 555 1')`);
  const holder = await fixture.connect();
  await holder.query("begin; insert into messages (contact_id, content) values (1, 'open')");
  const notices: string[] = [];
  const adopting = adopt({ progress: { ...silentProgress, notice: (line) => notices.push(line) } });
  await eventually(() => expect(notices).toEqual(['Waiting for transactions that use the tables.']));
  await fixture.pool.query("insert into messages (contact_id, content) values (1, 'meanwhile')");
  await holder.query('commit');
  expect((await adopting).messages.taken).toBe(2);
});

test('what others added stays in the old tables, and views are made again if they can be', async () => {
  await fixture.pool.query(`${SCHEMA}
    insert into contacts (name, phone_number, company) values ('Ada', '+1 555 1', 'Engines');
    insert into messages (contact_id, content) values (1, 'one');
    create materialized view counted as select count(*) from messages;
    create function touch() returns trigger language plpgsql as 'begin new.updated_at := now(); return new; end';
    create trigger touch before update on contacts for each row execute function touch();
    create role adopt_writer;
    grant select, insert on messages to adopt_writer;
    grant select on latest_conversations to adopt_writer`);
  const { notes } = await adopt();
  expect(notes.toSorted()).toEqual([
    'The materialized view counted stays in the schema adopted, over the old tables: make it again if it is still needed.',
    'The role adopt_writer had rights on the old tables. For the new ones: npm run db:roles, then grant messaging_app to adopt_writer;',
    'The view busy_contacts was made again over the new tables.',
    expect.stringMatching(
      /^The view companies stays .* because it could not be made again: column "company" does not exist\.$/,
    ),
    'The view latest_conversations was made again over the new tables.',
    'contacts: the columns company stay in the old table.',
    'contacts: the trigger touch stays with the old table; it does not see writes any more.',
    'messages: the columns is_read stay in the old table.',
  ]);
  expect(await rowsOf('select company from adopted.contacts')).toEqual([{ company: 'Engines' }]);
  await sendMessage(fixture.pool, { contactId: 1, content: 'two', createdAt: undefined, direction: 'outbound' });
  expect(await rowsOf('select id, content from latest_conversations')).toEqual([{ id: 1, content: 'two' }]);
  expect(await rowsOf("select has_table_privilege('adopt_writer', 'latest_conversations', 'select') as may")).toEqual([
    { may: true },
  ]);
  await fixture.pool.query('drop owned by adopt_writer; drop role adopt_writer');
});

/** `[what, statements after the schema, the reason]` */
const REFUSED: [string, string, string][] = [
  ['no table', 'drop table messages cascade', 'There is no table messages in the schemas of the search_path.'],
  ['a column that is missing', 'alter table messages rename content to body', 'messages has no column content.'],
  [
    'ids that are no numbers',
    'alter table messages alter id drop default, alter id type text',
    'id is of type text; ids of the service are whole numbers.',
  ],
  ['ids that are no key', 'alter table messages drop constraint messages_pkey', 'messages.id is no key'],
  [
    'times without a zone',
    'drop view busy_contacts, latest_conversations; alter table messages alter created_at type timestamp',
    'messages.created_at has no time zone: say with --time-zone in which its times are',
  ],
  [
    'a time that is none',
    'drop view busy_contacts, latest_conversations; alter table messages alter created_at drop default, alter created_at type text',
    'created_at is of type text, and must be a timestamp',
  ],
  [
    'another table that refers to it',
    'create table orders (contact_id integer references contacts)',
    'alter table orders drop constraint orders_contact_id_fkey;',
  ],
  ['row level security', 'alter table contacts enable row level security', 'contacts has row level security'],
  [
    'a view in place of a table',
    'alter table contacts rename to people; create view contacts as select * from people',
    'contacts is no table that could be moved, but a view.',
  ],
  [
    'a partitioned table',
    'drop table messages cascade; create table messages (id integer primary key, contact_id integer, content text, created_at timestamptz) partition by range (id)',
    'messages is no table that could be moved, but a partitioned table.',
  ],
  [
    'a table that others inherit from',
    'create table archived_messages () inherits (messages)',
    'Other tables inherit from messages',
  ],
  [
    'contents that are no text',
    'drop view busy_contacts, latest_conversations; alter table messages alter content type bytea using content::bytea',
    'content is of type bytea, and must be a text.',
  ],
  ['a schema of that name', 'create schema adopted', 'The schema adopted exists already'],
  ['a name that is needed', 'create table list_sizes (list text)', 'relation "list_sizes" already exists'],
];

test.each(REFUSED)('refuses %s, says why, and changes nothing', async (_what, statements, reason) => {
  await fixture.pool.query(`${SCHEMA}
    insert into contacts (name, phone_number) values ('Ada', '+1 555 1');
    insert into messages (contact_id, content) values (1, 'one');
    ${statements}`);
  const tables = 'select oid::regclass::text as name, relkind from pg_class where oid >= 16384 order by 1';
  const before = await rowsOf(tables);
  await expect(adopt()).rejects.toThrow(reason);
  expect(await rowsOf(tables)).toEqual(before);
});

test('ids that the old sequence has given are not given again, and views keep their options', async () => {
  await fixture.pool.query(`${SCHEMA}
    alter view latest_conversations set (security_barrier = true);
    insert into contacts (name, phone_number) values ('Ada', '+1 555 1');
    select setval('messages_id_seq', 150)`);
  await adopt();
  const { id } = await sendMessage(fixture.pool, {
    contactId: 1,
    content: 'next',
    createdAt: undefined,
    direction: 'outbound',
  });
  expect(id).toBe(151);
  expect(await rowsOf("select reloptions from pg_class where oid = 'latest_conversations'::regclass")).toEqual([
    { reloptions: ['security_barrier=true'] },
  ]);
});

test('refuses tables outside of the schema public', async () => {
  await fixture.pool.query(`${SCHEMA}
    create schema app;
    alter table messages set schema app;
    do $$ begin execute format('alter database %I set search_path = app, public', current_database()); end $$`);
  await expect(adopt()).rejects.toThrow('messages is in the schema app: only tables of the schema public');
});

test('says all reasons at once', async () => {
  await fixture.pool.query(
    `${SCHEMA} alter table messages rename content to body; alter table contacts enable row level security`,
  );
  await expect(adopt({ timeZone: 'Mars/Olympus' })).rejects.toThrow(
    /row level security.*\n.*no column content.*\n.*Mars\/Olympus/,
  );
});

test('refuses its own database', async () => {
  const own = await createFixture();
  const adopting = adoptDatabase(
    own.connectionString,
    { isDry: false },
    { progress: silentProgress, logger, signal: new AbortController().signal },
  );
  await expect(adopting).rejects.toThrow('there is nothing to adopt').finally(own.close);
});

test('a migration of such a database says what to do', async () => {
  await fixture.pool.query(SCHEMA);
  await expect(migrate(fixture.connectionString, logger)).rejects.toThrow('npm run db:adopt');
});

test('reads times without a zone in the one that is given', async () => {
  await fixture.pool.query(`${SCHEMA}
    drop view busy_contacts, latest_conversations;
    alter table messages alter created_at type timestamp;
    insert into contacts (name, phone_number) values ('Ada', '+1 555 1');
    insert into messages (contact_id, content, created_at) values (1, 'summer', '2024-07-01 12:00'), (1, 'winter', '2024-01-01 12:00')`);
  await adopt({ timeZone: 'Europe/Berlin' });
  expect(
    await rowsOf("select content, to_char(created_at at time zone 'UTC', 'HH24:MI') as utc from messages order by id"),
  ).toEqual([
    { content: 'summer', utc: '10:00' },
    { content: 'winter', utc: '11:00' },
  ]);
});

test('changes nothing when it is interrupted', async () => {
  await fixture.pool.query(SCHEMA + DATA);
  const before = await describeOld();
  const interruption = new AbortController();
  const begin = (phase: string) => phase === 'view' && interruption.abort();
  await expect(adopt({ progress: { ...silentProgress, begin }, signal: interruption.signal })).rejects.toThrow(
    'Interrupted: nothing was adopted.',
  );
  expect(await describeOld()).toEqual(before);
}, 60_000);

test('the program says what it did, by its output and its exit code', async () => {
  await fixture.pool.query(`${SCHEMA}
    insert into contacts (name, phone_number) values ('Ada', '+1 555 1'), ('Bo', 'none');
    insert into messages (contact_id, content) values (1, 'one'), (2, 'two')`);
  const program = join(import.meta.dirname, '../dist/bin/adopt.js');
  const run = (...args: string[]) =>
    new Promise<{ code: number; output: string; errors: string }>((resolve) => {
      const env = { DATABASE_URL: fixture.connectionString };
      execFile(process.execPath, [program, ...args], { env, cwd: tmpdir() }, (error, output, errors) =>
        resolve({ code: Number(error?.code ?? 0), output, errors }),
      );
    });
  expect(await run('--dry-run')).toMatchObject({
    code: 1,
    output: expect.stringContaining('contacts: 1 would be taken, 1 would not\n'),
  });
  expect(await run()).toMatchObject({
    code: 1,
    errors: '',
    output: expect.stringMatching(
      /contacts: 1 taken, 1 not \(listed in adopted\.rejected_contacts\)\n.* 1, such as 2: phoneNumber: .*\nmessages: 1 taken/s,
    ),
  });
  expect(await run()).toMatchObject({ code: 2, errors: expect.stringContaining('there is nothing to adopt') });
  expect(await run('--help')).toMatchObject({ code: 0, output: expect.stringContaining('--time-zone') });
}, 60_000);
