import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { partitionMessages } from '../src/schema/partitions.ts';
import { buildSegments } from '../src/search-index/segments.ts';
import { createFixture, type Fixture } from './support.ts';

const LARGEST_ID = '9007199254740991';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await createFixture();
  await fixture.pool.query("insert into contacts (id, name, phone_number) values (1, 'Ada', '1')");
});

afterAll(() => fixture?.close());

const ROWS: [table: string, column: string, value: string][] = [
  ['contacts', 'id', '0'],
  ['contacts', 'id', '-5'],
  ['contacts', 'id', '9007199254740992'],
  ['contacts', 'created_at', "'infinity'"],
  ['contacts', 'updated_at', "'-infinity'"],
  ['messages', 'id', '0'],
  ['messages', 'id', '9007199254740992'],
  ['messages', 'created_at', "'infinity'"],
  ['messages', 'created_at', "'10000-01-01T00:00:00Z'"],
  ['messages', 'created_at', "'1969-12-31T23:59:59.999999Z'"],
  ['messages', 'created_at', "'0044-03-15 12:00:00+00 BC'"],
];

const insert = (table: string, column: string, value: string): string =>
  table === 'contacts'
    ? `insert into contacts (name, phone_number, ${column}) values ('Bo', '2', ${value})`
    : `insert into messages (contact_id, content, ${column}) values (1, 'x', ${value})`;

async function expectRanges(): Promise<void> {
  for (const [table, column, value] of ROWS) {
    await expect(fixture.pool.query(insert(table, column, value))).rejects.toMatchObject({
      code: '23514',
      constraint: `${table}_${column}_range`,
    });
  }
  await fixture.pool.query(insert('messages', 'created_at', "'1970-01-01T00:00:00Z'"));
  await fixture.pool.query(insert('messages', 'created_at', "'9999-12-31T23:59:59.999999Z'"));
}

test('the tables refuse ids and times that the API cannot name, also when they are partitioned', async () => {
  await expectRanges();
  await partitionMessages(fixture.connectionString, 2);
  await expectRanges();
  await partitionMessages(fixture.connectionString, 3);
  await expectRanges();
});

test('segments are built in ranges of the contacts that there are, however far apart their ids', async () => {
  const { pool } = fixture;
  await pool.query(
    `insert into contacts (id, name, phone_number) select i, 'c', '1' from generate_series(2, 1500) i union all select ${LARGEST_ID}, 'far', '1'`,
  );
  await pool.query('alter table messages disable trigger user');
  await pool.query("insert into messages (contact_id, content) select id, 'loaded' from contacts");
  await pool.query('alter table messages enable trigger user');
  await pool.query("set statement_timeout = '20s'; call discard_segments(); reset statement_timeout");
  const { rows } = await pool.query(
    'select first_contact_id::text, last_contact_id::text from unsegmented_contacts order by first_contact_id',
  );
  expect(rows).toEqual([
    { first_contact_id: '1', last_contact_id: '1000' },
    { first_contact_id: '1001', last_contact_id: LARGEST_ID },
  ]);
  expect(await buildSegments(pool)).toBe(2);
  const { rows: counted } = await pool.query(
    'select (select count(*) from messages) = (select sum(message_count) from message_segments) as is_whole',
  );
  expect(counted).toEqual([{ is_whole: true }]);
});
