import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import type pg from 'pg';
import { CONVERSATION_COLUMNS } from '../src/queries/conversation-columns.ts';
import { addContacts, createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await createFixture();
  await addContacts(fixture.pool, 3);
});

afterEach(() => fixture.close());

const send = (db: pg.ClientBase | Fixture['pool'], contactId: number, content: string, createdAt = 'now()') =>
  db.query(
    `insert into messages (contact_id, content, created_at) values ($1, $2, ${createdAt === 'now()' ? createdAt : `'${createdAt}'`})`,
    [contactId, content],
  );

/** What readers must see, by definition, and what they do see by view and changes. */
async function expectListToBeRight(): Promise<void> {
  const { rows: truth } = await fixture.pool.query('select * from current_conversations order by contact_id');
  const { rows: merged } = await fixture.pool.query(`
    select ${CONVERSATION_COLUMNS} from conversation_changes
    where last_message_at is not null
    union all
    select * from recent_conversations v
    where not exists (select from conversation_changes c where c.contact_id = v.contact_id)
    order by contact_id`);
  expect(merged).toEqual(truth);
}

const previews = async () =>
  (await fixture.pool.query('select preview from conversation_changes order by contact_id')).rows.map(
    (row) => row.preview,
  );

test('keeps one row per contact with its newest message', async () => {
  await send(fixture.pool, 1, 'a');
  await send(fixture.pool, 1, 'b');
  await send(fixture.pool, 2, 'c');
  expect(await previews()).toEqual(['b', 'c']);
  await expectListToBeRight();
});

test('a back-dated message does not hide a newer one that only the view knows', async () => {
  await send(fixture.pool, 1, 'newer');
  await fixture.refresh();
  await send(fixture.pool, 1, 'older', '2001-01-01');
  expect(await previews()).toEqual(['newer']);
});

test('among equal times the higher id is the newest', async () => {
  await fixture.pool.query(
    "insert into messages (contact_id, content, created_at) values (1, 'a', '2020-01-01'), (1, 'b', '2020-01-01')",
  );
  expect(await previews()).toEqual(['b']);
});

test.each([
  ['deleting the newest message', 'delete from messages where content = $$newest$$'],
  ['deleting a contact', 'delete from contacts where id = 1'],
  ['renaming a contact', "update contacts set name = 'other' where id = 1"],
  ['editing a message', "update messages set content = 'edited' where content = $$newest$$"],
  ['moving a message to another contact', 'update messages set contact_id = 3 where content = $$newest$$'],
  ['truncating', 'truncate contacts cascade'],
])('%s shows at once, and after a refresh', async (_what, statement) => {
  await send(fixture.pool, 1, 'oldest', '2001-01-01');
  await send(fixture.pool, 1, 'newest');
  await send(fixture.pool, 2, 'other');
  await fixture.refresh();
  await fixture.pool.query(statement);
  await expectListToBeRight();
  await fixture.refresh();
  await expectListToBeRight();
  expect(await previews()).toEqual([]);
});

test('writers that do not see one another leave the newest message', async () => {
  await send(fixture.pool, 1, 'a');
  await fixture.refresh();
  const [first, second] = [await fixture.connect(), await fixture.connect()];
  await first.query('begin');
  await second.query('begin');
  await first.query('delete from messages');
  const waiting = send(second, 1, 'b'); // waits for the row of contact 1
  await fixture.untilSomeoneWaits();
  await first.query('commit');
  await waiting;
  await second.query('commit');
  expect(await previews()).toEqual(['b']);
  await expectListToBeRight();
});

test('a delete that waits for an insert looks again after it', async () => {
  await send(fixture.pool, 1, 'a');
  await send(fixture.pool, 1, 'b');
  const [first, second] = [await fixture.connect(), await fixture.connect()];
  await first.query('begin');
  await send(first, 1, 'c');
  const waiting = second.query("delete from messages where content = 'b'");
  await fixture.untilSomeoneWaits();
  await first.query('commit');
  await waiting;
  expect(await previews()).toEqual(['c']);
});

test('a batch that waits while a refresh forgets what it never saw looks again', async () => {
  const [holder, waiter] = [await fixture.connect(), await fixture.connect()];
  await holder.query('begin');
  await send(holder, 1, 'held');
  const waiting = waiter.query("insert into messages (contact_id, content) values (1, 'x'), (2, 'y')");
  await fixture.untilSomeoneWaits();
  await fixture.pool.query("update contacts set name = 'renamed meanwhile' where id = 2");
  await fixture.refresh();
  await holder.query('commit');
  await waiting;
  await expectListToBeRight();
});

test('two batches in opposite order do not deadlock', async () => {
  const [first, second] = [await fixture.connect(), await fixture.connect()];
  const batch = (ids: number[]) =>
    `insert into messages (contact_id, content) values ${ids.map((id) => `(${id}, 'x')`).join(', ')}`;
  for (let round = 0; round < 20; round++) {
    await Promise.all([first.query(batch([1, 2, 3])), second.query(batch([3, 2, 1]))]);
  }
  await expectListToBeRight();
});

test('a transaction that stays open over refreshes and commits an older time and a lower id shows up', async () => {
  const slow = await fixture.connect();
  await slow.query('begin');
  await send(slow, 1, 'slow', '2001-01-01');
  await send(fixture.pool, 2, 'quick');
  await fixture.refresh();
  await send(fixture.pool, 3, 'later');
  await fixture.refresh();
  await slow.query('commit');
  expect(await previews()).toEqual(['slow']);
  await expectListToBeRight();
  await fixture.refresh();
  await expectListToBeRight();
  expect(await previews()).toEqual([]);
});

test('notifies for the first change after a refresh only', async () => {
  const listener = await fixture.connect();
  let heard = 0;
  listener.on('notification', () => heard++);
  await listener.query('listen conversation_changes');
  await send(fixture.pool, 1, 'a');
  await send(fixture.pool, 2, 'b');
  await fixture.refresh();
  await send(fixture.pool, 3, 'c');
  await eventually(() => expect(heard).toBe(2));
});

test('refuses a write in a repeatable read transaction, which could record what is no longer so', async () => {
  const client = await fixture.connect();
  await client.query('begin isolation level repeatable read');
  await expect(send(client, 1, 'x')).rejects.toThrow('read committed');
  await client.query('rollback');
});

test('a statement that touches no row changes nothing', async () => {
  await fixture.pool.query('delete from messages');
  await fixture.pool.query("update messages set content = 'x'");
  await fixture.pool.query('update contacts set updated_at = now()');
  expect(await previews()).toEqual([]);
});
