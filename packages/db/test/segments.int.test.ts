import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { searchConversations } from '../src/queries/search-conversations.ts';
import { buildSegments } from '../src/segments.ts';
import { addContacts, createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await createFixture();
  await addContacts(fixture.pool, 3);
});

afterEach(() => fixture.close());

const send = (contactId: number, ...contents: string[]) =>
  fixture.pool.query('insert into messages (contact_id, content) select $1, unnest($2::text[])', [contactId, contents]);

const search = async (term: string) => {
  const { conversations, path } = await searchConversations(fixture.searchPools, term, { pageSize: 10 });
  return { ids: conversations.map(({ contactId }) => contactId), path };
};

/** Each contact's messages by the segments, and by the messages themselves. */
async function expectSegmentsToHoldEveryMessageOnce(): Promise<void> {
  const { rows } = await fixture.pool.query(`
    select id, contact_id, folded from (
      select unnest(message_ids) as id, contact_id, unnest(string_to_array(body, U&'\\0300')) as folded from message_segments
    ) kept
    order by id`);
  const { rows: messages } = await fixture.pool.query(
    'select id, contact_id, fold_text(content) as folded from messages order by id',
  );
  expect(rows).toEqual(messages);
}

const segmentsOf = async (contactId: number) =>
  (
    await fixture.pool.query('select message_count as size from message_segments where contact_id = $1', [contactId])
  ).rows.map(({ size }) => size);

test('a statement with many messages fills whole segments, and long contents have their own', async () => {
  await send(1, ...Array.from({ length: 70 }, (_, i) => `message ${i}`), 'x'.repeat(2_001), 'y'.repeat(100_000));
  expect((await segmentsOf(1)).sort()).toEqual([1, 1, 32, 32, 6].sort());
  await expectSegmentsToHoldEveryMessageOnce();
});

test('a refresh merges the small segments of a contact that has more than four', async () => {
  for (let i = 0; i < 40; i++) await send(1, `message ${i}`);
  for (let i = 0; i < 4; i++) await send(2, `other ${i}`);
  expect(await fixture.refresh()).toMatchObject({ segmentsMerged: 40 });
  expect((await segmentsOf(1)).sort()).toEqual([32, 8]);
  expect(await segmentsOf(2)).toEqual([1, 1, 1, 1]);
  await expectSegmentsToHoldEveryMessageOnce();
  expect((await search('message 39')).ids).toEqual([1]);
});

test('deleting, editing and moving messages rebuilds what held them', async () => {
  await send(1, 'alpha', 'beta', 'gamma');
  await fixture.pool.query("delete from messages where content = 'alpha'");
  await fixture.pool.query("update messages set content = 'delta' where content = 'beta'");
  await fixture.pool.query("update messages set contact_id = 2 where content = 'gamma'");
  await expectSegmentsToHoldEveryMessageOnce();
  expect((await search('alpha')).ids).toEqual([]);
  expect((await search('delta')).ids).toEqual([1]);
  expect((await search('gamma')).ids).toEqual([2]);
});

test('a contact takes its segments along', async () => {
  await send(1, 'alpha');
  await fixture.pool.query('delete from contacts where id = 1');
  expect(await segmentsOf(1)).toEqual([]);
});

test('a delete that waits for a merge removes its message from what was merged', async () => {
  for (let i = 0; i < 6; i++) await send(1, `message ${i}`);
  const merging = await fixture.connect();
  await merging.query('begin; select merge_message_segments(array[1])');
  const deleting = fixture.pool.query("delete from messages where content = 'message 3'");
  await fixture.untilSomeoneWaits();
  await merging.query('commit');
  await deleting;
  await expectSegmentsToHoldEveryMessageOnce();
});

test('a merge leaves alone a contact whose messages are being deleted', async () => {
  for (let i = 0; i < 6; i++) await send(1, `message ${i}`);
  const deleting = await fixture.connect();
  await deleting.query("begin; delete from messages where content = 'message 3'");
  const { rows } = await fixture.pool.query('select merge_message_segments(array[1]) as merged');
  expect(rows[0].merged).toBe(0);
  await deleting.query('commit');
  await expectSegmentsToHoldEveryMessageOnce();
});

test('messages that were loaded without triggers are found before and after their segments are built', async () => {
  await fixture.pool.query('alter table messages disable trigger user');
  await send(1, 'alpha');
  await send(3, 'beta');
  await fixture.pool.query('alter table messages enable trigger user');
  await fixture.pool.query('call discard_message_segments(); refresh materialized view recent_conversations');
  await send(2, 'alpha too');
  expect(await search('alpha')).toEqual({ ids: [2, 1], path: 'messages' });
  expect(await buildSegments(fixture.pool, { connections: 2 })).toBe(1);
  await expectSegmentsToHoldEveryMessageOnce();
  expect(await search('alpha')).toEqual({ ids: [2, 1], path: 'walk' });
});

test('a build that is aborted goes on later', async () => {
  await fixture.pool.query('insert into unsegmented_contacts values (1, 1), (2, 3)');
  const aborted = AbortSignal.abort();
  expect(await buildSegments(fixture.pool, { signal: aborted })).toBe(0);
  expect(await buildSegments(fixture.pool)).toBe(2);
});

test('segments are built while messages are sent and deleted', async () => {
  await send(1, 'first', 'second');
  await send(2, 'other');
  await fixture.pool.query('insert into unsegmented_contacts values (1, 3)');
  const [holding, building] = [await fixture.connect(), await fixture.connect()];
  await holding.query('begin; select from message_segments where contact_id = 2 for update');
  const built = building.query('select build_message_segments() as "wasBuilt"'); // has its snapshot, and waits for the segment
  await fixture.untilSomeoneWaits();
  await send(1, 'third'); // has a segment of its own
  const deleted = fixture.pool.query("delete from messages where content = 'first'");
  await fixture.untilSomeoneWaits(2);
  await holding.query('rollback');
  expect((await built).rows).toEqual([{ wasBuilt: true }]);
  await deleted;
  await expectSegmentsToHoldEveryMessageOnce();
});

test('segments are not built while a message is being deleted, and are later', async () => {
  await send(1, 'first', 'second');
  await fixture.pool.query('insert into unsegmented_contacts values (1, 3)');
  const deleting = await fixture.connect();
  await deleting.query("begin; delete from messages where content = 'first'");
  expect(await buildSegments(fixture.pool)).toBe(0);
  await deleting.query('commit');
  expect(await buildSegments(fixture.pool)).toBe(1);
  await expectSegmentsToHoldEveryMessageOnce();
});
