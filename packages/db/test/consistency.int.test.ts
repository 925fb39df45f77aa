import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkDatabase } from '../src/consistency/check-database.ts';
import { indexSegments } from '../src/search-index/index-segments.ts';
import { addContacts, createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

/** Contact 1 has a long thread, 2 a long message and 3 a pending change; 4 has no message. */
beforeEach(async () => {
  fixture = await createFixture();
  await addContacts(fixture.pool, 4);
  await fixture.pool.query(`
    insert into messages (contact_id, content) select 1, 'Ünïcode ' || n from generate_series(1, 3000) n;
    insert into messages (contact_id, content) values (2, repeat('日本語 long ', 1000)), (3, 'hello')`);
  await fixture.refresh();
  await indexSegments(fixture.pool, { all: true });
  await fixture.pool.query("insert into messages (contact_id, content) values (3, 'pending')");
});

afterEach(() => fixture.close());

/** How many differences each table has that has any, and the contacts. */
async function check(options?: { repair: boolean }): Promise<Record<string, [number, number[]]>> {
  const results = await checkDatabase(fixture.pool, options);
  return Object.fromEntries(
    results.filter(({ count }) => count > 0).map(({ table, count, contactIds }) => [table, [count, contactIds]]),
  );
}

test('finds nothing where all agrees, with changes pending, and after the next refresh', async () => {
  expect(await check()).toEqual({});
  await fixture.refresh();
  expect(await check()).toEqual({});
});

/** Each breaks one table, as a fault of ours might have; `[table, statement, differences]`. */
const FAULTS: [string, string, [number, number[]]][] = [
  [
    'contacts',
    `alter table contacts alter column name_folded drop expression;
     update contacts set name_folded = 'other' where id = 4`,
    [1, [4]],
  ],
  ['list_sizes', "insert into list_sizes values ('conversations', 1)", [1, []]],
  ['list_sizes', "update list_sizes set change = change - 1 where list = 'contacts'", [1, []]],
  ['conversation_changes', "update conversation_changes set preview = 'other'", [1, [3]]],
  ['conversation_changes', 'update conversation_changes set last_message_at = null', [1, [3]]],
  ['conversation_change_log', 'update conversation_change_log set last_message_id = 1 where contact_id = 2', [1, [2]]],
  ['recent_conversations', 'delete from conversation_changes', [1, [3]]],
  ['recent_conversations', 'drop materialized view recent_conversations', [1, []]],
  [
    'message_segments',
    `insert into message_segments (contact_id, oldest_at, newest_at, message_count, message_ids, body)
     select contact_id, oldest_at, newest_at, message_count, message_ids, body from message_segments where contact_id = 2`,
    [1, [2]],
  ],
  ['message_segments', 'delete from message_segments where contact_id = 2', [1, [2]]],
  [
    'message_segments',
    "update message_segments set body = replace(body, 'long', 'short') where contact_id = 2",
    [1, [2]],
  ],
  ['message_segments', 'update message_segments set message_count = 2 where contact_id = 2', [1, [2]]],
  ['message_segments', "update message_segments set oldest_at = '2001-01-01' where contact_id = 2", [1, [2]]],
  ['message_segments', 'update message_segments set contact_id = 99 where contact_id = 2', [2, [2, 99]]],
  [
    'message_segments',
    'update message_segments set message_ids = message_ids || 99999::bigint where contact_id = 2',
    [1, [2]],
  ],
  ['thread_lengths', 'update thread_lengths set message_count = 2999', [1, [1]]],
  ['message_segments', "update unsegmented_messages set body = 'other'", [1, [3]]],
  ['message_segments', "update unsegmented_messages set created_at = '2001-01-01'", [1, [3]]],
  ['message_segments', 'delete from unsegmented_messages', [1, [3]]],
  [
    'message_segments',
    'insert into unsegmented_messages select 2, id, created_at, fold_text(content) from messages where contact_id = 2',
    [1, [2]],
  ],
  ['segment_slices', 'delete from segment_slices', [3, [1, 2, 3]]],
  ['segment_slices', 'delete from segment_slices; update segment_blocks set segment_count = 0', [3, [1, 2, 3]]],
  [
    'segment_slices',
    "update segment_slices set segments = segments & repeat('0', 8192)::bit(8192) where bit_no = (select min(bit_no) from segment_slices)",
    [1, [expect.any(Number) as unknown as number]],
  ],
];

test.each(FAULTS)('finds what differs in %s, and repairs it: %s', async (table, statement, expected) => {
  await fixture.pool.query(statement);
  expect(await check()).toMatchObject({ [table]: expected });
  if (table === 'contacts') return; // the column cannot be made a generated one again
  expect(await check({ repair: true })).toEqual({});
  await fixture.refresh();
  expect(await check()).toEqual({});
});

test('what is written while it looks is no difference', async () => {
  const writing = await fixture.connect();
  await writing.query("begin; insert into messages (contact_id, content) values (4, 'not committed yet')");
  const found = await checkDatabase(fixture.pool, {
    onResult: ({ table }) => {
      if (table === 'contacts') void writing.query('commit');
    },
  });
  expect(found.filter(({ count }) => count > 0)).toEqual([]);
});

test('keeps what it found, of the last hundred checks', async () => {
  await fixture.pool.query("insert into list_sizes values ('conversations', 1)");
  await check();
  const { rows } = await fixture.pool.query('select differences from consistency_checks');
  expect(rows).toEqual([{ differences: expect.objectContaining({ list_sizes: 1, contacts: 0 }) }]);
});
