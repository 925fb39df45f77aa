import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { searchMessages } from '../src/search/search-messages.ts';
import { addContacts, createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await createFixture();
  await addContacts(fixture.pool, 20);
});

afterEach(() => fixture.close());

const run = (text: string) => fixture.pool.query(text);
const search = (request: Partial<Parameters<typeof searchMessages>[2]> = {}) =>
  searchMessages(fixture.readPool, 'quarkfjord', { pageSize: 50, ...request });

/** Message n is the n-th in time; each fifth has an unknown direction. */
const sendMany = (count: number) =>
  run(`insert into messages (contact_id, content, created_at, direction)
    select 1 + i % 20, 'quarkfjord ' || i, timestamptz '2026-01-01Z' + i * interval '1 second',
      (array['inbound', 'outbound', 'inbound', 'outbound'])[1 + i % 5]::message_direction
    from generate_series(1, ${count}) i`);

const descending = (from: number, count: number) => Array.from({ length: count }, (_, i) => from - i);

test('a deep page has the messages that a walk by cursor has there, and the exact total', async () => {
  await sendMany(3_000);
  await fixture.refresh();
  await sendMany(10);
  const deep = await search({ page: 52, pageSize: 50 });
  expect(deep.messages.map(({ id }) => id)).toEqual(descending(3_000 - 51 * 50, 50));
  expect(deep.pagination).toMatchObject({ total: 3_010, totalIsExact: true, hasMore: true });
  const last = await search({ page: 61, pageSize: 50 });
  expect([last.messages.length, last.pagination.hasMore, last.pagination.total]).toEqual([10, false, 3_010]);
  expect((await search({ page: 1_000_000_000, pageSize: 200 })).messages).toEqual([]);
  const ofOne = await search({ contactId: 3, page: 1_000_000_000 });
  expect([ofOne.messages, ofOne.pagination.total]).toEqual([[], 151]);
});

test('a message is found once, also while the segments of its contact are missing', async () => {
  await sendMany(200);
  await fixture.refresh();
  await run('insert into unsegmented_contacts (first_contact_id, last_contact_id) values (1, 10)');
  await run("insert into messages (contact_id, content, created_at) values (3, 'quarkfjord new', '2026-02-01')");
  const { messages, pagination } = await search({ pageSize: 200 });
  expect(messages.map(({ id }) => id)).toEqual([201, ...descending(200, 199)]);
  expect(pagination).toMatchObject({ hasMore: true });
  expect((await search({ pageSize: 200, page: 2 })).pagination).toMatchObject({ total: 201, totalIsExact: true });
});
