import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLogger } from '@messaging/shared';
import { deleteContact } from '../src/commands/delete-contact.ts';
import { deleteMessage } from '../src/commands/delete-message.ts';
import { sendMessage } from '../src/commands/send-message.ts';
import { updateContact } from '../src/commands/update-contact.ts';
import { withConnection } from '../src/connection/transaction.ts';
import { importBatch } from '../src/import/import-batch.ts';
import { storeMessages } from '../src/import/store-messages.ts';
import { getContact } from '../src/queries/get-contact.ts';
import { listMessages } from '../src/queries/list-messages.ts';
import { migrate } from '../src/schema/migrate.ts';
import { partitionMessages } from '../src/schema/partitions.ts';
import { seedDatabase, silentProgress } from '../src/seed/index.ts';
import { answersOf, settle } from './answers.ts';
import { createFixture, type Fixture } from './support.ts';

const silent = createLogger({ level: 'silent', pretty: false }, 'test');
const PARTITIONS = 8;
const DATA = { contacts: 2_000, messages: 100_000, seed: 5, reset: false };
/** The busiest, the quietest, and some between. */
const CONTACTS = [1, 2, 3, 50, 777, 1_500, 1_999, 2_000];
const AT = '2026-03-01T12:00:00Z';

let plain: Fixture;
let partitioned: Fixture;

beforeAll(async () => {
  plain = await createFixture();
  partitioned = await createFixture();
  for (const { connectionString } of [plain, partitioned]) await seedDatabase(connectionString, DATA, silentProgress);
  for (const fixture of [plain, partitioned]) {
    await writeSome(fixture, 1);
    await settle(fixture);
    await fixture.pool.query('grant select, insert on messages to pg_monitor');
  }
}, 180_000);

afterAll(async () => {
  await plain?.close();
  await partitioned?.close();
});

/** A history of every kind of write; two databases that had the same before have the same after it. */
async function writeSome({ pool }: Fixture, round: number): Promise<void> {
  await sendMessage(pool, { contactId: 50, content: `single ${round} xq`, createdAt: AT, direction: 'outbound' });
  await sendMessage(pool, {
    contactId: 777,
    content: 'back-dated § José',
    createdAt: '2019-01-01T00:00:00Z',
    direction: 'inbound',
  });
  await updateContact(pool, { contactId: 3, name: `Renamed ${round} 日本` });
  const { rows } = await pool.query('select id from messages where contact_id % 97 = $1 order by id limit 40', [round]);
  for (const { id } of rows) await deleteMessage(pool, { messageId: id });
  await deleteContact(pool, { contactId: 100 + round });
  await pool.query("update messages set content = content || ' edited' where id % 1009 = $1", [round]);
  await pool.query('update messages set contact_id = contact_id % 90 + 1 where id % 1013 = $1', [round]);
  await pool.query(
    "insert into messages (contact_id, content, created_at) select i, 'many at once', $1 from generate_series(200, 700) i",
    [AT],
  );
  const lines = Array.from({ length: 600 }, (_, i) => ({
    line: i + 1,
    contactId: 1 + ((i * 7) % 2_100),
    content: `imported ${i % 2 ? 'again' : 'once'} ${round}`,
    createdAt: AT,
    clientMessageId: `${i % 550}`,
  }));
  const { counts, rejected } = await withConnection(pool, (client) => importBatch(client, lines, storeMessages));
  const { imported = 0, duplicates = 0 } = counts;
  expect([imported + duplicates + rejected.length, imported > 0]).toEqual([600, round === 1]);
}

const rowsOf = async ({ pool }: Fixture, text: string) => (await pool.query(text)).rows;

/** Every row, by the table they are in, and what the triggers keep beside them. */
async function expectTwins(): Promise<void> {
  for (const text of [
    'select id, contact_id, content, created_at, client_message_id, direction from messages order by id',
    'select contact_id, last_message_id, preview, last_message_at from current_conversations order by 1',
    'select list, sum(change)::int from list_sizes group by 1 order by 1',
    'select contact_id, unnest(message_ids) as id from message_segments order by 2',
  ]) {
    expect(await rowsOf(partitioned, text)).toEqual(await rowsOf(plain, text));
  }
  expectSame(await answersOf(partitioned, CONTACTS), await answersOf(plain, CONTACTS));
}

function expectSame(answers: Record<string, unknown>, expected: Record<string, unknown>): void {
  for (const [name, answer] of Object.entries(expected)) expect([name, answers[name]]).toEqual([name, answer]);
}

test('the way there changes no answer, and reads go on meanwhile', async () => {
  await expectTwins();
  const before = await answersOf(partitioned, CONTACTS);
  const log: string[] = [];
  let isDone = false;
  const partitioning = partitionMessages(partitioned.connectionString, PARTITIONS, (line) => log.push(line));
  const reading = (async () => {
    const thread = () => listMessages(partitioned.pool, { contactId: 50, pageSize: 50 });
    const [first, total] = [(await thread()).itemsJson, (await getContact(partitioned.pool, 50)).lastMessageAt];
    let readsWhileWritersWaited = 0;
    while (!isDone) {
      const waited = log.length > 0 && !log.some((line) => line.startsWith('readers'));
      expect((await thread()).itemsJson).toBe(first);
      expect((await getContact(partitioned.pool, 50)).lastMessageAt).toBe(total);
      if (waited) readsWhileWritersWaited++;
    }
    return readsWhileWritersWaited;
  })();
  await partitioning.finally(() => {
    isDone = true;
  });
  expect(await reading).toBeGreaterThan(10);
  expect(log).toEqual(
    expect.arrayContaining([expect.stringContaining('messages copied'), expect.stringContaining('readers waited')]),
  );
  const [{ count }] = await rowsOf(partitioned, "select count(*)::int from pg_partition_tree('messages') where isleaf");
  expect(count).toBe(PARTITIONS);
  expectSame(await answersOf(partitioned, CONTACTS), before);
  await expectTwins();
}, 240_000);

test('writes, imports, deletes and moves between partitions do the same as in one table', async () => {
  for (const fixture of [plain, partitioned]) await writeSome(fixture, 2);
  await expectTwins();
  for (const fixture of [plain, partitioned]) await settle(fixture);
  await expectTwins();
  expect(await rowsOf(partitioned, 'select contact_id from conversation_changes')).toEqual([]);
}, 240_000);

test('has what one table has: columns, indexes, checks, keys, triggers and rights', async () => {
  for (const text of [
    "select attname, attnotnull, attidentity, format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'messages'::regclass and attnum > 0 order by attnum",
    "select relname, replace(pg_get_indexdef(indexrelid), ' ONLY', '') from pg_index join pg_class on oid = indexrelid where indrelid = 'messages'::regclass and not indisprimary order by 1",
    "select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = 'messages'::regclass and contype <> 'p' order by 1",
    "select pg_get_triggerdef(oid) from pg_trigger where tgrelid = 'messages'::regclass and not tgisinternal order by 1",
    "select oid::regprocedure::text, pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace and prokind in ('f', 'p') and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e') order by 1",
    "select relname, pg_get_viewdef(oid) from pg_class where relname in ('current_conversations', 'recent_conversations') order by 1",
    "select relowner::regrole::text, grantee::regrole::text, privilege_type from pg_class cross join aclexplode(relacl) where pg_class.oid = 'messages'::regclass order by 2, 3",
    'select last_value, is_called from messages_id_seq',
  ]) {
    expect(await rowsOf(partitioned, text)).toEqual(await rowsOf(plain, text));
  }
});

test('an id is given once: by the sequence, which goes on', async () => {
  const next = async ({ pool }: Fixture) =>
    (await sendMessage(pool, { contactId: 9, content: 'next', createdAt: AT, direction: 'outbound' })).id;
  const [{ max }] = await rowsOf(partitioned, 'select max(id) from messages');
  expect(await next(partitioned)).toBe(max + 1);
  expect(await next(plain)).toBe(max + 1);
});

test('a client message id is still unique for a contact', async () => {
  const repeat =
    "insert into messages (contact_id, content, client_message_id) select contact_id, 'x', client_message_id from messages where client_message_id is not null limit 1";
  await expect(partitioned.pool.query(repeat)).rejects.toMatchObject({ code: '23505' });
});

test('another number of partitions is made the same way, and a wrong one changes nothing', async () => {
  await expect(partitionMessages(partitioned.connectionString, 1)).rejects.toThrow('2 to 256');
  await partitionMessages(partitioned.connectionString, 3);
  const partitions = await rowsOf(
    partitioned,
    "select relid::regclass::text from pg_partition_tree('messages') where isleaf order by 1",
  );
  expect(partitions.map(({ relid }) => relid)).toEqual(['messages_0_of_3', 'messages_1_of_3', 'messages_2_of_3']);
  await expectTwins();
}, 240_000);

test('a migration that adds a column, an index or a trigger is written as ever', async () => {
  expect(await migrate(partitioned.connectionString, silent)).toEqual([]);
  for (const { pool } of [plain, partitioned]) {
    await pool.query(`begin;
      alter table messages add column edited_at timestamptz, add check (edited_at > created_at);
      create index messages_edited on messages (contact_id, edited_at) where edited_at is not null;
      drop trigger record_truncated_messages on messages;
      create trigger record_truncated_messages after truncate on messages
        for each statement execute function record_truncated_messages();
      commit`);
    await pool.query("update messages set edited_at = 'infinity' where id % 5000 = 0");
  }
  await expectTwins();
  await partitionMessages(partitioned.connectionString, 4);
  const edited = 'select id, edited_at from messages where edited_at is not null order by 1';
  expect(await rowsOf(partitioned, edited)).toEqual(await rowsOf(plain, edited));
}, 240_000);

test('a seed replaces what partitions hold, and leaves them', async () => {
  const small = { contacts: 300, messages: 5_000, seed: 6, reset: true };
  for (const { connectionString } of [plain, partitioned]) await seedDatabase(connectionString, small, silentProgress);
  const indexes =
    "select count(*)::int from pg_index join pg_partition_tree('messages') on indrelid = relid where isleaf and indisvalid";
  expect(await rowsOf(partitioned, indexes)).toEqual([{ count: 4 * 5 }]);
  expectSame(await answersOf(partitioned, [1, 300]), await answersOf(plain, [1, 300]));
}, 240_000);
