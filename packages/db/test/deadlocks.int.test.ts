import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@messaging/shared/testing';
import { REFRESH_LOCK } from '../src/connection/advisory-locks.ts';
import { seedDatabase } from '../src/seed/seed-database.ts';
import { addContacts, createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await createFixture();
  await addContacts(fixture.pool, 2);
  await fixture.pool.query("insert into messages (contact_id, content) values (1, 'a'), (1, 'b'), (2, 'c')");
});

afterEach(() => fixture.close());

/**
 * Holds a lock, lets `first` wait for it, begins `second`, and lets go. Resolves when both are done.
 * The server looks for deadlocks after `deadlock_timeout` (1 s): one of the two would fail with 40P01.
 */
async function inTurn(held: string, first: string, second: string): Promise<void> {
  const [holder, one, two] = [await fixture.connect(), await fixture.connect(), await fixture.connect()];
  await holder.query(`begin; ${held}`);
  const results: Promise<unknown>[] = [one.query(first)];
  await fixture.untilSomeoneWaits();
  const isDone = two.query(second).then(() => true);
  results.push(isDone);
  // With the right order of locks it need not wait.
  await eventually(
    async () => (await Promise.race([isDone, false])) || fixture.countWaiting().then((n) => expect(n).toBe(2)),
  );
  await holder.query('rollback');
  await Promise.all(results);
}

test('a message and its contact are deleted at the same time', async () => {
  await inTurn(
    'select from contacts where id = 1 for update',
    'delete from contacts where id = 1',
    "delete from messages where content = 'a'",
  );
  const { rows } = await fixture.pool.query('select content from messages');
  expect(rows).toEqual([{ content: 'c' }]);
});

test('a contact is deleted while one of its messages is', async () => {
  await inTurn(
    'select from conversation_changes where contact_id = 1 for update',
    "delete from messages where content = 'a'",
    'delete from contacts where id = 1',
  );
  const { rows } = await fixture.pool.query('select content from messages');
  expect(rows).toEqual([{ content: 'c' }]);
});

const SILENT = { notice() {}, begin() {}, advance() {}, end() {} };
const seed = () => seedDatabase(fixture.connectionString, { contacts: 3, messages: 5, seed: 1, reset: true }, SILENT);

test('a seed that replaces everything waits for who indexes segments, who does not wait for it', async () => {
  const indexing = await fixture.connect();
  await indexing.query('begin; select from segment_blocks; select from message_segments');
  const seeded = seed();
  await fixture.untilSomeoneWaits();
  await indexing.query("set local lock_timeout = '5s'; insert into segment_blocks values (9, 0); commit");
  await expect(seeded).resolves.toMatchObject({ contacts: 3, messages: 5 });
});

test('a seed and a refresh take turns', async () => {
  const seeding = await fixture.connect();
  await seeding.query(`select pg_advisory_lock(${REFRESH_LOCK})`);
  expect(await fixture.refresh()).toEqual({ skipped: true });
  const seeded = seed();
  await fixture.untilSomeoneWaits();
  await seeding.end();
  await seeded;
});
