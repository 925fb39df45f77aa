import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLogger } from '@messaging/shared';
import { buildNgrams } from '../src/ngram-index.ts';
import { createPool, type Pool, type Queryable } from '../src/pool.ts';
import { getContact } from '../src/queries/get-contact.ts';
import { listContacts } from '../src/queries/list-contacts.ts';
import { listConversations } from '../src/queries/list-conversations.ts';
import { listMessages } from '../src/queries/list-messages.ts';
import { searchConversations } from '../src/queries/search-conversations.ts';
import { describeMatches } from '../src/search/describe-matches.ts';
import { listMatching } from '../src/search/matching-contacts.ts';
import { toSearchTerm } from '../src/search/term.ts';
import { findByTrigrams } from '../src/search/trigrams.ts';
import { walkConversations } from '../src/search/walk.ts';
import { seedDatabase, silentProgress } from '../src/seed/index.ts';
import { plansOf, rowsRead, sequentialScansOf, sortedRows } from './plans.ts';
import { createFixture, type Fixture } from './support.ts';

const CONTACTS = 5_000;
const PAGE_SIZE = 50;

let fixture: Fixture;
let pages: Pool;
let search: Pool;

beforeAll(async () => {
  fixture = await createFixture();
  await seedDatabase(
    fixture.connectionString,
    { contacts: CONTACTS, messages: 200_000, seed: 1, reset: false },
    silentProgress,
  );
  const logger = createLogger({ level: 'silent', pretty: false }, 'test');
  const config = { connectionString: fixture.connectionString, poolSize: 2, statementTimeoutMs: 30_000 };
  pages = createPool(config, logger, 'test', 'pages');
  search = createPool(config, logger, 'test', 'search');
}, 120_000);

afterAll(async () => {
  await pages?.end();
  await search?.end();
  await fixture?.close();
});

const cursorOf = async (read: Promise<{ pagination: { nextCursor: string | null } }>) =>
  (await read).pagination.nextCursor ?? '';

const READS: Record<string, (db: Queryable) => Promise<unknown>> = {
  'the first page of the list': (db) => listConversations(db, { pageSize: PAGE_SIZE }),
  'the list after a cursor': async (db) =>
    listConversations(db, {
      pageSize: PAGE_SIZE,
      cursor: await cursorOf(listConversations(pages, { pageSize: PAGE_SIZE, page: 15 })),
    }),
  'the first page of the contacts': (db) => listContacts(db, { pageSize: PAGE_SIZE }),
  'the contacts after a cursor': async (db) =>
    listContacts(db, {
      pageSize: PAGE_SIZE,
      cursor: await cursorOf(listContacts(pages, { pageSize: PAGE_SIZE, page: 15 })),
    }),
  'a contact': (db) => getContact(db, 7),
  'the first page of a thread': (db) => listMessages(db, { contactId: 7, pageSize: PAGE_SIZE }),
};

async function expectIndexReads(read: (db: Queryable) => Promise<unknown>): Promise<void> {
  const nodes = await plansOf(pages, read);
  for (const table of ['contacts', 'messages', 'message_segments', 'recent_conversations', 'conversation_changes']) {
    expect([table, sequentialScansOf(nodes, table)]).toEqual([table, []]);
  }
  expect(sortedRows(nodes)).toBeLessThanOrEqual(PAGE_SIZE + 1);
  expect(rowsRead(nodes, 'recent_conversations')).toBeLessThanOrEqual(4 * PAGE_SIZE);
  expect(rowsRead(nodes, 'contacts')).toBeLessThanOrEqual(4 * PAGE_SIZE);
}

test.each(Object.entries(READS))('%s reads by index and sorts no more than a page', (_name, read) =>
  expectIndexReads(read),
);

test('pages of the list read no more when many changes are pending', async () => {
  await fixture.pool.query(
    "insert into messages (contact_id, content) select i, 'pending' from generate_series(1, $1::int, 2) i",
    [CONTACTS],
  );
  await expectIndexReads((db) => listConversations(db, { pageSize: PAGE_SIZE }));
  const nodes = await plansOf(pages, (db) => listConversations(db, { pageSize: PAGE_SIZE }));
  // The page itself, and the count of what is pending, which stops at 1,001.
  expect(rowsRead(nodes, 'conversation_changes')).toBeLessThanOrEqual(1_001 + 6 * PAGE_SIZE);
  await fixture.refresh();
});

test('a deep page passes over keys, and fetches only what it shows', async () => {
  const nodes = await plansOf(pages, (db) => listConversations(db, { pageSize: PAGE_SIZE, page: 40 }));
  expect(sequentialScansOf(nodes, 'recent_conversations')).toEqual([]);
  const passedOver = nodes.filter(
    (node) => node['Relation Name'] === 'recent_conversations' && node['Actual Rows'] > PAGE_SIZE + 1,
  );
  expect(passedOver.map((node) => node['Node Type'])).toEqual(['Index Only Scan']);
});

test('the last page is read from the end', async () => {
  const { pagination } = await listConversations(pages, { pageSize: PAGE_SIZE });
  const nodes = await plansOf(pages, (db) =>
    listConversations(db, { pageSize: PAGE_SIZE, page: pagination.totalPages }),
  );
  expect(rowsRead(nodes, 'recent_conversations')).toBeLessThanOrEqual(4 * PAGE_SIZE);
});

test('the page around a message reads its page, not the thread', async () => {
  const { rows } = await fixture.pool.query(`
    select contact_id, (array_agg(id order by created_at))[count(*) / 2] as id
    from messages group by 1 order by count(*) desc limit 1`);
  const { contact_id: contactId, id } = rows[0];
  const nodes = await plansOf(pages, (db) => listMessages(db, { contactId, pageSize: PAGE_SIZE, around: id }));
  expect(sequentialScansOf(nodes, 'messages')).toEqual([]);
  expect(rowsRead(nodes, 'messages')).toBeLessThanOrEqual(6 * PAGE_SIZE);
});

const anywhere = { after: null, offset: 0, wanted: PAGE_SIZE + 1 };

test.each(['the', 'xq', '%', '日本'])('a walk for %s probes conversations one by one', async (text) => {
  const nodes = await plansOf(search, (db) =>
    walkConversations(db, toSearchTerm(text), { after: null, depth: 400, wanted: 51 }),
  );
  for (const table of ['contacts', 'messages', 'message_segments', 'recent_conversations']) {
    expect([table, sequentialScansOf(nodes, table)]).toEqual([table, []]);
  }
  expect(rowsRead(nodes, 'recent_conversations')).toBeLessThanOrEqual(400);
});

test('a rare term uses the trigram indexes of messages and contacts', async () => {
  const term = toSearchTerm('zzyzx 4711');
  const nodes = await plansOf(search, async (db) => {
    const contactIds = await findByTrigrams(db, term);
    await listMatching(db, term, { kind: 'ids', contactIds: contactIds ?? [] }, anywhere);
  });
  expect(nodes.filter((node) => node['Node Type'] === 'Bitmap Index Scan').length).toBeGreaterThanOrEqual(3);
  expect(sequentialScansOf(nodes, 'messages')).toEqual([]);
  expect(sequentialScansOf(nodes, 'contacts')).toEqual([]);
});

test('signatures are read as they lie, and then the few segments that they tell', async () => {
  await buildNgrams(fixture.pool);
  const term = toSearchTerm('nowhere but here 4711');
  const nodes = await plansOf(search, (db) => listMatching(db, term, { kind: 'signatures' }, anywhere));
  expect(sequentialScansOf(nodes, 'segment_signatures')).toHaveLength(1);
  for (const table of ['messages', 'message_segments']) {
    expect([table, sequentialScansOf(nodes, table)]).toEqual([table, []]);
  }
  expect(rowsRead(nodes, 'message_segments')).toBeLessThanOrEqual(PAGE_SIZE);
});

test('words that are common and never meet are answered by the signatures', async () => {
  const found = await searchConversations({ quick: search, slow: search }, 'and for the you and', { pageSize: 10 });
  expect(found).toMatchObject({ path: 'signatures', conversations: [], pagination: { total: 0, totalIsExact: true } });
});

test('a scan reads the segments, never the messages', async () => {
  const nodes = await plansOf(search, (db) => listMatching(db, toSearchTerm('xq'), { kind: 'segments' }, anywhere));
  expect(sequentialScansOf(nodes, 'message_segments')).toHaveLength(1);
  expect(sequentialScansOf(nodes, 'messages')).toEqual([]);
});

test('describing a page of matches reads no whole table', async () => {
  const ids = Array.from({ length: PAGE_SIZE }, (_, i) => i + 1);
  const nodes = await plansOf(search, (db) => describeMatches(db, toSearchTerm('the'), ids, { fromSegments: true }));
  for (const table of ['contacts', 'messages', 'message_segments']) {
    expect([table, sequentialScansOf(nodes, table)]).toEqual([table, []]);
  }
});
