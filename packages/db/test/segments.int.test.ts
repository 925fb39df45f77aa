import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { searchConversations } from '../src/search/search-conversations.ts';
import { buildSegments } from '../src/search-index/segments.ts';
import { addContacts, createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await createFixture();
  await addContacts(fixture.pool, 3);
});

afterEach(() => fixture.close());

const run = (text: string) => fixture.pool.query(text);

const send = (contactId: number, ...contents: string[]) =>
  fixture.pool.query('insert into messages (contact_id, content) select $1, unnest($2::text[])', [contactId, contents]);

const search = async (term: string) => {
  const { conversations } = await searchConversations(fixture.readPool, term, { pageSize: 10 });
  return conversations.map(({ contactId }) => contactId);
};

/** Each message is once in a segment of its contact or among the unsegmented, as it is now. */
async function expectEachMessageOnce(): Promise<void> {
  const { rows } = await run(`
    select id, contact_id, folded from (
      select unnest(message_ids) as id, contact_id, unnest(string_to_array(body, U&'\\0300')) as folded from message_segments
      union all
      select message_id, contact_id, body from unsegmented_messages
    ) kept
    order by id`);
  const { rows: messages } = await run('select id, contact_id, fold_text(content) as folded from messages order by id');
  expect(rows).toEqual(messages);
}

/** Messages of each segment of a contact, and how many are unsegmented. */
async function placesOf(contactId: number): Promise<{ segments: number[]; unsegmented: number }> {
  const { rows } = await run(`
    select array(select message_count from message_segments where contact_id = ${contactId} order by 1 desc) as segments,
      (select count(*) from unsegmented_messages where contact_id = ${contactId}) as unsegmented`);
  return rows[0];
}

test('messages are unsegmented until a refresh fills whole segments, and long contents have their own', async () => {
  await send(1, ...Array.from({ length: 70 }, (_, i) => `message ${i}`), 'x'.repeat(2_001), 'y'.repeat(100_000));
  expect(await placesOf(1)).toEqual({ segments: [], unsegmented: 72 });
  expect(await fixture.refresh()).toMatchObject({ messagesSegmented: 72 });
  expect(await placesOf(1)).toEqual({ segments: [32, 32, 6, 1, 1], unsegmented: 0 });
  await expectEachMessageOnce();
});

test('the small segments of a contact are merged when there would be more than four', async () => {
  for (let i = 0; i < 4; i++) {
    await send(1, `message ${i}`);
    await fixture.refresh();
  }
  expect(await placesOf(1)).toEqual({ segments: [1, 1, 1, 1], unsegmented: 0 });
  await send(1, 'message 4');
  expect(await fixture.refresh()).toMatchObject({ messagesSegmented: 5 });
  expect(await placesOf(1)).toEqual({ segments: [5], unsegmented: 0 });
  await expectEachMessageOnce();
  expect(await search('message 4')).toEqual([1]);
});

test.each([
  ['unsegmented', async () => {}],
  ['in a segment', async () => void (await fixture.refresh())],
])('deleting, editing and moving messages that are %s', async (_where, settle) => {
  await send(1, 'alpha', 'beta', 'gamma', 'delta');
  await settle();
  await run("delete from messages where content = 'alpha'");
  await run("update messages set content = 'epsilon' where content = 'beta'");
  await run("update messages set contact_id = 2 where content = 'gamma'");
  await run("update messages set created_at = '2020-01-01' where content = 'delta'");
  await expectEachMessageOnce();
  expect(await search('alpha')).toEqual([]);
  expect(await search('epsilon')).toEqual([1]);
  expect(await search('gamma')).toEqual([2]);
  await fixture.refresh();
  await expectEachMessageOnce();
  expect(await search('delta')).toEqual([1]);
});

test('what is taken apart is put together again by the next refresh', async () => {
  await send(1, ...Array.from({ length: 32 }, (_, i) => `message ${i}`));
  await fixture.refresh();
  await run("delete from messages where content = 'message 7'");
  expect(await placesOf(1)).toEqual({ segments: [], unsegmented: 31 });
  await fixture.refresh();
  expect(await placesOf(1)).toEqual({ segments: [31], unsegmented: 0 });
});

test('a contact takes its segments and unsegmented messages along', async () => {
  await send(1, 'alpha');
  await fixture.refresh();
  await send(1, 'beta');
  await run('delete from contacts where id = 1');
  expect(await placesOf(1)).toEqual({ segments: [], unsegmented: 0 });
});

test('a delete that waits for a merge removes its message from what was merged', async () => {
  await send(1, ...Array.from({ length: 6 }, (_, i) => `message ${i}`));
  const merging = await fixture.connect();
  await merging.query('begin; select segment_messages(array[1])');
  const deleting = run("delete from messages where content = 'message 3'");
  await fixture.untilSomeoneWaits();
  await merging.query('commit');
  await deleting;
  await expectEachMessageOnce();
});

test('a contact whose message is being deleted is passed over, and its change stays pending', async () => {
  await send(1, 'message 1', 'message 2');
  const deleting = await fixture.connect();
  await deleting.query("begin; delete from messages where content = 'message 2'");
  expect(await fixture.refresh()).toMatchObject({ messagesSegmented: 0, changesPruned: 0 });
  await deleting.query('rollback');
  expect(await placesOf(1)).toEqual({ segments: [], unsegmented: 2 });
  expect(await fixture.refresh()).toMatchObject({ messagesSegmented: 2, changesPruned: 1 });
  await expectEachMessageOnce();
});

test('messages that were loaded without triggers are found before and after their segments are built', async () => {
  await run('alter table messages disable trigger user');
  await send(1, 'alpha');
  await send(3, 'beta');
  await run('alter table messages enable trigger user');
  await run('call discard_segments(); refresh materialized view recent_conversations');
  await send(2, 'alpha too');
  expect(await search('alpha')).toEqual([2, 1]);
  expect(await buildSegments(fixture.pool, { connections: 2 })).toBe(1);
  await expectEachMessageOnce();
  expect(await search('alpha')).toEqual([2, 1]);
});

test('a build that is aborted goes on later', async () => {
  await run('insert into unsegmented_contacts values (1, 1), (2, 3)');
  const aborted = AbortSignal.abort();
  expect(await buildSegments(fixture.pool, { signal: aborted })).toBe(0);
  expect(await buildSegments(fixture.pool)).toBe(2);
});

test('segments are built while messages are sent and deleted', async () => {
  await send(1, 'first', 'second');
  await send(2, 'other');
  await fixture.refresh();
  await run('insert into unsegmented_contacts values (1, 3)');
  const [holding, building] = [await fixture.connect(), await fixture.connect()];
  await holding.query('begin; select from message_segments where contact_id = 2 for update');
  const built = building.query('select build_segments() as "wasBuilt"'); // has its snapshot, and waits for the segment
  await fixture.untilSomeoneWaits();
  await send(1, 'third'); // stays unsegmented
  const deleted = run("delete from messages where content = 'first'");
  await fixture.untilSomeoneWaits(2);
  await holding.query('rollback');
  expect((await built).rows).toEqual([{ wasBuilt: true }]);
  await deleted;
  await expectEachMessageOnce();
});

test('segments are not built while a message is being deleted, and are later', async () => {
  await send(1, 'first', 'second');
  await run('insert into unsegmented_contacts values (1, 3)');
  const deleting = await fixture.connect();
  await deleting.query("begin; delete from messages where content = 'first'");
  expect(await buildSegments(fixture.pool)).toBe(0);
  await deleting.query('commit');
  expect(await buildSegments(fixture.pool)).toBe(1);
  await expectEachMessageOnce();
});
