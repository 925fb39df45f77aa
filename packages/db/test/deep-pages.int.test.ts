import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Pagination } from '@messaging/shared';
import { listContacts } from '../src/queries/list-contacts.ts';
import { listConversations } from '../src/queries/list-conversations.ts';
import { listMessages } from '../src/queries/list-messages.ts';
import type { JsonPage } from '../src/queries/page.ts';
import { addContacts, createFixture, type Fixture } from './support.ts';

const CONTACTS = 3_000;
const THREAD = 5_000;
const PAGE_SIZE = 70;

let fixture: Fixture;

beforeAll(async () => {
  fixture = await createFixture();
  const { pool } = fixture;
  await addContacts(pool, CONTACTS);
  await pool.query(
    "insert into messages (contact_id, content, created_at) select i, 'first', to_timestamp(i / 3) from generate_series(1, 2900) i",
  );
  // A long thread with equal times, of which every tenth message was back-dated.
  await pool.query(
    `insert into messages (contact_id, content, created_at)
     select 7, 'message ' || i, to_timestamp(case when i % 10 = 0 then i / 2 else i / 4 + 5000 end) from generate_series(1, $1::int) i`,
    [THREAD],
  );
  await fixture.refresh();
  // What the view does not know: conversations that moved, are new, were renamed and are gone.
  await pool.query(
    "insert into messages (contact_id, content, created_at) select i, 'moved', to_timestamp(i + 100) from generate_series(1, 3000, 11) i",
  );
  await pool.query("update contacts set name = 'renamed' where id % 13 = 0");
  await pool.query('delete from messages where contact_id % 17 = 0');
});

afterAll(() => fixture.close());

async function expectPages(truth: unknown[], read: (page: number) => Promise<JsonPage>): Promise<void> {
  const pages = Math.ceil(truth.length / PAGE_SIZE);
  for (let page = 1; page <= pages + 2; page++) {
    const { itemsJson, pagination } = await read(page);
    expect(JSON.parse(itemsJson)).toEqual(truth.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE));
    const expected: Partial<Pagination> = { page, total: truth.length, totalPages: pages, hasMore: page < pages };
    expect(pagination).toMatchObject(expected);
  }
}

test('every page of the list by number is what counting through would give', async () => {
  const { rows } = await fixture.pool.query(`
    select contact_id as "contactId", name, phone_number as "phoneNumber", last_message_id as id, preview,
      last_message_direction as direction, last_message_at as "createdAt"
    from current_conversations order by last_message_at desc, contact_id desc`);
  const truth = rows.map(({ id, preview, direction, createdAt, ...row }) => ({
    ...row,
    lastMessage: { id, preview, direction, createdAt },
    match: null,
  }));
  expect(truth.length).toBeGreaterThan(2_500);
  await expectPages(truth, (page) => listConversations(fixture.pool, { page, pageSize: PAGE_SIZE }));
});

test('every page of the contacts by number is what counting through would give', async () => {
  const { rows } = await fixture.pool.query(
    'select id, external_id as "externalId", name, phone_number as "phoneNumber", created_at as "createdAt", updated_at as "updatedAt" from contacts order by id',
  );
  await expectPages(rows, (page) => listContacts(fixture.pool, { page, pageSize: PAGE_SIZE }));
});

const thread = async (contactId: number) => {
  const { rows } = await fixture.pool.query(
    'select id, contact_id as "contactId", content, direction, created_at as "createdAt" from messages where contact_id = $1 order by created_at desc, id desc',
    [contactId],
  );
  return rows;
};

test('every page of a thread by number is what counting through would give', async () => {
  await expectPages(await thread(7), (page) => listMessages(fixture.pool, { contactId: 7, page, pageSize: PAGE_SIZE }));
});

test('the page around a message is the page by number that holds it', async () => {
  const messages = await thread(7);
  for (let at = 0; at < messages.length; at += 97) {
    const around = await listMessages(fixture.pool, { contactId: 7, pageSize: PAGE_SIZE, around: messages[at].id });
    const page = Math.floor(at / PAGE_SIZE) + 1;
    const byNumber = await listMessages(fixture.pool, { contactId: 7, pageSize: PAGE_SIZE, page });
    expect(JSON.parse(around.itemsJson)).toEqual(JSON.parse(byNumber.itemsJson));
    expect(around.pagination).toEqual(byNumber.pagination);
  }
});

test('threads are as long as they are while segments are missing, too', async () => {
  await fixture.pool.query('insert into unsegmented_contacts values (1, 3000)');
  const messages = await thread(7);
  const { pagination } = await listMessages(fixture.pool, {
    contactId: 7,
    pageSize: PAGE_SIZE,
    around: messages[4_000].id,
  });
  await fixture.pool.query('delete from unsegmented_contacts');
  expect(pagination).toMatchObject({ total: messages.length, page: Math.floor(4_000 / PAGE_SIZE) + 1 });
});
