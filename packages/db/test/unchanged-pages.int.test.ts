import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { listConversations } from '../src/queries/list-conversations.ts';
import { isUnchangedSince, type Seen } from '../src/queries/snapshot.ts';
import { addContacts, createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await createFixture();
  await addContacts(fixture.pool, 3);
  await fixture.pool.query("insert into messages (contact_id, content) values (1, 'a')");
});

afterEach(() => fixture.close());

/** The snapshot of a read after which nothing was committed: other databases of the server may commit meanwhile. */
async function quietSnapshot(): Promise<Seen> {
  for (;;) {
    const { snapshot, serverStart } = await listConversations(fixture.pool, { pageSize: 10 });
    if (await isUnchangedSince(fixture.pool, { snapshot, serverStart })) return { snapshot, serverStart };
  }
}

test('a page is known to be unchanged while nothing was committed', async () => {
  expect((await quietSnapshot()).snapshot).toMatch(/^\d+:\d+:/);
});

test.each([
  ['a message', "insert into messages (contact_id, content) values (2, 'b')"],
  ['a rename', "update contacts set name = 'other' where id = 1"],
  ['a delete', 'delete from messages'],
  ['a refresh', 'refresh materialized view concurrently recent_conversations'],
])('it is not after %s', async (_what, statement) => {
  const snapshot = await quietSnapshot();
  await fixture.pool.query(statement);
  expect(await isUnchangedSince(fixture.pool, snapshot)).toBe(false);
});

test('it is not after a transaction that had begun before it was read', async () => {
  const slow = await fixture.connect();
  await slow.query("begin; insert into messages (contact_id, content) values (3, 'slow')");
  const snapshot = await quietSnapshot();
  await slow.query('commit');
  expect(await isUnchangedSince(fixture.pool, snapshot)).toBe(false);
});
