import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { partitionMessages } from '../src/schema/partitions.ts';
import { addContacts, createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await createFixture();
  await addContacts(fixture.pool, 50);
  await fixture.pool.query(
    "insert into messages (contact_id, content) select 1 + i % 50, 'message ' || i from generate_series(1, 500) i",
  );
});

afterEach(() => fixture.close());

const partition = () => partitionMessages(fixture.connectionString, 4);

/** Resolves when the script waits for somebody who holds a lock in the way of `mode`. */
const scriptWaits = (mode: string) =>
  eventually(async () => {
    const { rows } = await fixture.pool.query(
      `select from pg_locks join pg_stat_activity using (pid)
       where datname = current_database() and application_name = 'messaging-partition' and not granted and mode = $1`,
      [mode],
    );
    expect(rows).toHaveLength(1);
  });

const kindOfMessages = async () =>
  (await fixture.pool.query("select relkind from pg_class where oid = 'messages'::regclass")).rows[0].relkind;

test('a writer that is in the middle comes to its end, and nothing of it is lost', async () => {
  const writer = await fixture.connect();
  await writer.query('begin');
  await writer.query('lock table messages in row exclusive mode');
  const partitioning = partition();
  await scriptWaits('ExclusiveLock');
  // The script holds contacts by now, for which this waits, as the script waits for messages.
  await writer.query("insert into messages (contact_id, content) values (7, 'from the middle')");
  await writer.query('commit');
  await partitioning;
  const { rows } = await fixture.pool.query("select contact_id from messages where content = 'from the middle'");
  expect([await kindOfMessages(), rows]).toEqual(['p', [{ contact_id: 7 }]]);
});

test('a writer that comes later waits, and then writes to a partition', async () => {
  const reader = await fixture.connect();
  await reader.query('begin');
  await reader.query('select from messages limit 1');
  const partitioning = partition();
  await scriptWaits('AccessExclusiveLock');
  let isWritten = false;
  const insert = "insert into messages (contact_id, content) values (7, 'later') returning tableoid::regclass::text";
  const writing = fixture.pool.query(insert).finally(() => {
    isWritten = true;
  });
  // Reads go on, though the script waits to exclude them, also those of a reader that it waits for.
  await reader.query('select * from current_conversations');
  expect((await fixture.pool.query('select count(*)::int from messages')).rows).toEqual([{ count: 500 }]);
  expect(isWritten).toBe(false);
  await reader.query('commit');
  await partitioning;
  expect((await writing).rows[0].tableoid).toMatch(/^messages_\d_of_4$/);
});

test('one that is ended in the middle has changed nothing, and can be run again', async () => {
  const reader = await fixture.connect();
  await reader.query('begin');
  await reader.query('select from messages limit 1');
  const partitioning = partition();
  const refused = expect(partitioning).rejects.toThrow('terminating connection');
  await scriptWaits('AccessExclusiveLock');
  await fixture.pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'messaging-partition' and datname = current_database()",
  );
  await refused;
  await reader.query('commit');
  expect(await kindOfMessages()).toBe('r');
  await partition();
  expect(await kindOfMessages()).toBe('p');
});

test('what it cannot carry over stops it, and nothing is changed', async () => {
  await fixture.pool.query('create materialized view of_operators as select id from messages');
  await expect(partition()).rejects.toMatchObject({ code: '2BP01' });
  expect(await kindOfMessages()).toBe('r');
  await fixture.pool.query('drop materialized view of_operators');
  await fixture.pool.query('create table reactions (message_id bigint references messages (id))');
  await expect(partition()).rejects.toThrow('a foreign key refers to messages');
});

test('leaves disabled triggers disabled, and the others enabled', async () => {
  await fixture.pool.query('alter table messages disable trigger record_truncated_messages');
  await partition();
  const { rows } = await fixture.pool.query(
    `select tgname::text as name from pg_trigger
     where tgrelid = 'messages'::regclass and not tgisinternal and tgenabled = 'D'`,
  );
  expect(rows).toEqual([{ name: 'record_truncated_messages' }]);
});
