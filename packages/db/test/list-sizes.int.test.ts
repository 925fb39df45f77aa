import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type pg from 'pg';
import { addContacts, createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await createFixture();
  await addContacts(fixture.pool, 3);
});

afterEach(() => fixture.close());

const send = (db: pg.ClientBase | Fixture['pool'], ...contactIds: number[]) =>
  db.query("insert into messages (contact_id, content) select unnest($1::bigint[]), 'x'", [contactIds]);

/** The sizes that the lists tell, and what they are by definition. */
async function expectSizesToBeRight(): Promise<void> {
  const { rows } = await fixture.pool.query(`
    select coalesce(sum(change) filter (where list = 'contacts'), 0)::int as contacts,
      coalesce(sum(change) filter (where list = 'conversations'), 0)::int as conversations
    from list_sizes`);
  const { rows: truth } = await fixture.pool.query(`
    select (select count(*) from contacts)::int as contacts,
      (select count(*) from current_conversations)::int as conversations`);
  expect(rows).toEqual(truth);
}

/** Begins a transaction that holds the change of contact 1, and a statement that waits for it. */
async function whileContact1IsHeld(waiting: (db: pg.Client) => Promise<unknown>, meanwhile: () => Promise<unknown>) {
  const [holder, waiter] = [await fixture.connect(), await fixture.connect()];
  await holder.query('begin');
  await send(holder, 1);
  const waited = waiting(waiter);
  await fixture.untilSomeoneWaits();
  await meanwhile();
  await holder.query('commit');
  await waited;
}

test('a batch that waits counts no contact that another has put on the list, though a refresh forgot that', async () => {
  await whileContact1IsHeld(
    (db) => send(db, 1, 2),
    async () => {
      await send(fixture.pool, 2);
      await fixture.refresh();
    },
  );
  await expectSizesToBeRight();
});

test('a batch that waits counts a contact whose only message was deleted meanwhile', async () => {
  await send(fixture.pool, 2);
  await fixture.refresh();
  await whileContact1IsHeld(
    (db) => send(db, 1, 2),
    async () => {
      await fixture.pool.query('delete from messages where contact_id = 2');
      await fixture.refresh();
    },
  );
  await expectSizesToBeRight();
});

test('a single message that waits counts what the one before it left', async () => {
  await send(fixture.pool, 1);
  await fixture.refresh();
  const [deleting, sending] = [await fixture.connect(), await fixture.connect()];
  await deleting.query('begin; delete from messages');
  const sent = send(sending, 1);
  await fixture.untilSomeoneWaits();
  await deleting.query('commit');
  await sent;
  await expectSizesToBeRight();
});

test('a batch that waits for a contact whose message is being deleted and forgotten puts it on the list once', async () => {
  await send(fixture.pool, 2);
  await fixture.refresh();
  const deleting = await fixture.connect();
  await deleting.query('begin; delete from messages where contact_id = 2');
  await whileContact1IsHeld(
    (db) => send(db, 1, 2),
    async () => {
      await deleting.query('commit');
      await fixture.refresh();
    },
  );
  await expectSizesToBeRight();
});

test('messages that a statement deletes and inserts again leave the list as long as it was', async () => {
  await send(fixture.pool, 1, 2);
  await fixture.refresh();
  await fixture.pool.query(`
    with moved as (delete from messages where contact_id = 1 returning content)
    insert into messages (contact_id, content) select 1, content from moved`);
  await expectSizesToBeRight();
});

test('a message sent while its contact is renamed leaves the name that was committed', async () => {
  await fixture.pool.query("update contacts set name = 'before' where id = 1"); // a change without a message
  const [renaming, sending] = [await fixture.connect(), await fixture.connect()];
  await renaming.query("begin; update contacts set name = 'after' where id = 1");
  const sent = send(sending, 1);
  await fixture.untilSomeoneWaits();
  await renaming.query('commit');
  await sent;
  const { rows } = await fixture.pool.query('select name from conversation_changes where contact_id = 1');
  expect(rows).toEqual([{ name: 'after' }]);
});

test('lists are counted anew beside the summing up of their sizes', async () => {
  await send(fixture.pool, 1);
  await send(fixture.pool, 2);
  const summing = await fixture.connect();
  await summing.query('begin; call sum_up_list_sizes()');
  const counting = fixture.pool.query('call count_lists()');
  await fixture.untilSomeoneWaits();
  await summing.query('commit');
  await counting;
  await expectSizesToBeRight();
});

test('lists are counted anew beside a writer, who does not wait, and whose change counts when it commits', async () => {
  const writing = await fixture.connect();
  await writing.query('begin');
  await send(writing, 1);
  await fixture.pool.query('call count_lists()');
  await writing.query("update contacts set name = 'other' where id = 1");
  await writing.query('commit');
  await expectSizesToBeRight();
});

test('truncating contacts beside the summing up of sizes leaves none', async () => {
  await addContacts(fixture.pool, 2);
  const summing = await fixture.connect();
  await summing.query('begin; call sum_up_list_sizes()');
  const truncating = fixture.pool.query('truncate contacts cascade');
  await fixture.untilSomeoneWaits();
  await summing.query('commit');
  await truncating;
  await expectSizesToBeRight();
});
