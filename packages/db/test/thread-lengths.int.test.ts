import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { listMessages } from '../src/queries/list-messages.ts';
import { addContacts, createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await createFixture();
  await addContacts(fixture.pool, 2);
  await fixture.pool.query(
    "insert into messages (contact_id, content) select c, 'message' from generate_series(1, 3000) i, generate_series(1, 2) c",
  );
  await fixture.refresh();
});

afterEach(() => fixture.close());

const run = (text: string) => fixture.pool.query(text);

const kept = async () =>
  (await run('select contact_id as id, message_count as count from thread_lengths order by 1')).rows;

/** The length of the first contact's thread, as pages tell it: the first, and one around a message in the middle. */
async function lengths() {
  const { rows } = await run(
    'select id from messages where contact_id = 1 order by created_at, id offset 1000 limit 1',
  );
  const first = await listMessages(fixture.pool, { contactId: 1, pageSize: 10 });
  const around = await listMessages(fixture.pool, { contactId: 1, pageSize: 10, around: rows[0].id });
  return { first: first.pagination.total, around: around.pagination.total, page: around.pagination.page };
}

const lengthsOf = (total: number) => ({ first: total, around: total, page: Math.floor((total - 1_001) / 10) + 1 });

test('the length of a long thread is kept, and read', async () => {
  expect(await kept()).toEqual([
    { id: 1, count: 3_000 },
    { id: 2, count: 3_000 },
  ]);
  await run('update thread_lengths set message_count = 3001 where contact_id = 1');
  expect((await lengths()).first).toBe(3_001);
});

test.each([
  ['a message more', "insert into messages (contact_id, content) values (1, 'one more')", 3_001],
  ['one less', 'delete from messages where id = (select max(id) from messages where contact_id = 1)', 2_999],
  [
    'one moved away',
    'update messages set contact_id = 2 where id = (select max(id) from messages where contact_id = 1)',
    2_999,
  ],
  [
    'many less',
    'delete from messages where id in (select id from messages where contact_id = 1 order by id limit 1500)',
    1_500,
  ],
  ['a new name', "update contacts set name = 'Zoë' where id = 1", 3_000],
])('with %s it is exact, before the refresh and after it', async (_what, change, total) => {
  await run(change);
  expect(await lengths()).toEqual(lengthsOf(total));
  await fixture.refresh();
  expect((await run('select from conversation_changes')).rows).toEqual([]);
  expect(await lengths()).toEqual(lengthsOf(total));
  const [{ id, count }] = await kept();
  expect([id, count]).toEqual(total > 2_048 ? [1, total] : [2, 3_000]); // of what has become short none is kept
});

test('a message that commits over several refreshes counts at once and for ever', async () => {
  const late = await fixture.connect();
  await late.query("begin; insert into messages (contact_id, content) values (1, 'late')");
  for (let i = 0; i < 2; i++) {
    await run("insert into messages (contact_id, content) values (2, 'other')");
    await fixture.refresh();
  }
  expect(await lengths()).toEqual(lengthsOf(3_000));
  await late.query('commit');
  expect(await lengths()).toEqual(lengthsOf(3_001));
  for (let i = 0; i < 2; i++) await fixture.refresh();
  expect(await lengths()).toEqual(lengthsOf(3_001));
});

test('messages that come with the triggers disabled take the lengths along, until they are built again', async () => {
  await run(`
    begin; set local session_replication_role = replica;
    insert into messages (contact_id, content) values (1, 'unseen'); commit`);
  await run('call discard_segments()');
  expect(await kept()).toEqual([]);
  expect(await lengths()).toEqual(lengthsOf(3_001));
  await run("insert into messages (contact_id, content) values (2, 'seen')");
  await fixture.refresh();
  expect(await kept()).toEqual([]);
});
