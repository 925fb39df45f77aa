import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLogger } from '@messaging/shared';
import { bigintArray } from '../src/connection/bigint-array.ts';
import { createPool, type Pool, type Queryable } from '../src/connection/pool.ts';
import { many } from '../src/connection/sql.ts';
import { transaction } from '../src/connection/transaction.ts';
import { getContact } from '../src/queries/get-contact.ts';
import { listAllMessages } from '../src/queries/list-all-messages.ts';
import { listContacts } from '../src/queries/list-contacts.ts';
import { listConversations } from '../src/queries/list-conversations.ts';
import { listMessages } from '../src/queries/list-messages.ts';
import { MOST_COUNTED } from '../src/queries/page.ts';
import { describeMatches } from '../src/search/describe-matches.ts';
import { findFiltered } from '../src/search/filtered.ts';
import { find } from '../src/search/find.ts';
import { declareMatches } from '../src/search/message-statements.ts';
import { findRecent } from '../src/search/recent.ts';
import { loadSearchTerm } from '../src/search/term.ts';
import { type Candidates, findCandidates } from '../src/search-index/find-candidates.ts';
import { indexSegments } from '../src/search-index/index-segments.ts';
import { seedDatabase, silentProgress } from '../src/seed/index.ts';
import { type Node, plansOf, rowsRead, sequentialScansOf, sortedRows } from './plans.ts';
import { createFixture, type Fixture } from './support.ts';

const CONTACTS = 5_000;
const PAGE_SIZE = 50;

let fixture: Fixture;
let pages: Pool;

beforeAll(async () => {
  fixture = await createFixture();
  await seedDatabase(
    fixture.connectionString,
    { contacts: CONTACTS, messages: 200_000, seed: 1, reset: false },
    silentProgress,
  );
  const logger = createLogger({ level: 'silent', pretty: false }, 'test');
  const config = { connectionString: fixture.connectionString, poolSize: 2, statementTimeoutMs: 30_000 };
  pages = createPool(config, logger, 'test', 'indexScansOnly');
}, 120_000);

afterAll(async () => {
  await pages?.end();
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

test.each([
  ['all', {}],
  ['those of a direction', { direction: 'inbound' as const }],
  ['those of a contact', { contactId: 7 }],
  ['those before a time', { to: '2025-06-01T00:00:00.000000Z' }],
])('a page of %s of the messages reads by index, and counts no more than it may', async (_what, filters) => {
  const nodes = await plansOf(pages, (db) => listAllMessages(db, { pageSize: PAGE_SIZE, ...filters }));
  for (const table of ['contacts', 'messages']) expect([table, sequentialScansOf(nodes, table)]).toEqual([table, []]);
  expect(sortedRows(nodes)).toBeLessThanOrEqual(PAGE_SIZE + 1);
  expect(rowsRead(nodes, 'messages')).toBeLessThanOrEqual(MOST_COUNTED + 1 + 6 * PAGE_SIZE);
});

test.each([
  ['few candidates', 'few', null, 'message_segments_no'],
  ['many candidates', 'newest', null, 'message_segments_newest'],
  ['a contact', 'ofContact', 7, 'message_segments_contact_newest'],
] as const)('a search of messages with %s reads by index', async (_what, way, contactId, index) => {
  const { folded, bits } = await loadSearchTerm(pages, 'e');
  const { segmentNos, firstUnindexed } = await findCandidates(pages, bits);
  const values = [folded, contactId, null, null, null, null, bigintArray(segmentNos()), firstUnindexed];
  const nodes = await plansOf(pages, (db) => transaction(db, () => many(db, declareMatches(way), values)));
  for (const table of TABLES) expect([table, sequentialScansOf(nodes, table)]).toEqual([table, []]);
  expect(nodes.map((node) => node['Index Name'])).toContain(index);
});

const firstPage = { after: null, offset: 0, limit: PAGE_SIZE + 1 };
const TABLES = ['contacts', 'messages', 'message_segments', 'recent_conversations', 'segment_slices'];

test.each(['the', 'xq', '%', '日本'])(
  'a look for %s among the recent probes conversations one by one',
  async (text) => {
    const term = await loadSearchTerm(pages, text);
    const nodes = await plansOf(pages, (db) => findRecent(db, term, firstPage, { depth: 400 }));
    for (const table of TABLES) expect([table, sequentialScansOf(nodes, table)]).toEqual([table, []]);
    expect(rowsRead(nodes, 'recent_conversations')).toBeLessThanOrEqual(400);
  },
);

test.each([
  ['their segments', false],
  ['the contacts of all candidates', true],
])('a look among the recent by %s reads only the segments that the index found', async (_what, contactsFirst) => {
  const term = await loadSearchTerm(pages, 'invoice');
  const candidates = await findCandidates(pages, term.bits);
  expect(candidates.count).toBeGreaterThan(0);
  const look = { depth: 500, candidates, contactsFirst };
  const nodes = await plansOf(pages, (db) => findRecent(db, term, { ...firstPage, limit: 500 }, look));
  for (const table of TABLES) expect([table, sequentialScansOf(nodes, table)]).toEqual([table, []]);
  expect(rowsRead(nodes, 'recent_conversations')).toBeLessThanOrEqual(500);
  expect(bodiesRead(nodes)).toBeLessThanOrEqual(candidates.count);
});

test('a search through the index reads the slices of its bits, and the segments that have them all', async () => {
  const term = await loadSearchTerm(pages, 'nowhere but here 4711');
  await indexSegments(fixture.pool, { all: true });
  const { rows } = await fixture.pool.query('select count(*) as blocks from segment_blocks');
  const nodes = await plansOf(pages, async (db) => {
    const candidates = await findCandidates(db, term.bits);
    await findFiltered(db, term, firstPage, candidates);
    expect(candidates.count).toBeLessThan(PAGE_SIZE);
  });
  for (const table of TABLES) expect([table, sequentialScansOf(nodes, table)]).toEqual([table, []]);
  expect(rowsRead(nodes, 'segment_slices')).toBeLessThanOrEqual(term.bits.length * rows[0].blocks);
  expect(bodiesRead(nodes)).toBeLessThanOrEqual(PAGE_SIZE);
  expect(rowsRead(nodes, 'messages')).toBe(0);
});

/** Segments of which more was read than an index holds. */
const bodiesRead = (nodes: Node[]) =>
  nodes
    .filter((node) => node['Relation Name'] === 'message_segments' && node['Node Type'] === 'Index Scan')
    .reduce(
      (sum, node) => sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
      0,
    );

test.each([
  ['of which few may match', 'parchment', 'filtered'],
  ['in most of the recent conversations', 'the', 'recent'],
])('a term %s (%s) is found %s', async (_what, text, way) => {
  const { rows } = await fixture.pool.query('select count(*) as segments from message_segments');
  expect(rows[0].segments).toBeGreaterThan(1_000);
  expect((await find(pages, await loadSearchTerm(pages, text), firstPage)).way).toBe(way);
});

const someContacts = Array.from({ length: PAGE_SIZE }, (_, i) => i + 1);

test('describing a page of matches reads no whole table', async () => {
  const term = await loadSearchTerm(pages, 'the');
  const nodes = await plansOf(pages, (db) => describeMatches(db, term, someContacts));
  for (const table of ['contacts', 'messages', 'message_segments']) {
    expect([table, sequentialScansOf(nodes, table)]).toEqual([table, []]);
  }
});

test('describing the matches of a rare term reads no segments but candidates and what overlaps them', async () => {
  const term = await loadSearchTerm(pages, 'parchment');
  const candidates = await findCandidates(pages, term.bits);
  const bodies = async (among?: Candidates) =>
    bodiesRead(await plansOf(pages, (db) => describeMatches(db, term, someContacts, among)));
  expect(await bodies()).toBeGreaterThan(PAGE_SIZE);
  expect(await bodies(candidates)).toBeLessThanOrEqual(2 * candidates.count);
});

// Last, because it adds messages.
test('messages of unknown direction are listed in the order of the index', async () => {
  await fixture.pool.query(
    "insert into messages (contact_id, content, created_at) select 7, 'x', '2030-01-01' from generate_series(1, 20000)",
  );
  const nodes = await plansOf(pages, (db) => listAllMessages(db, { pageSize: PAGE_SIZE }));
  expect(sequentialScansOf(nodes, 'messages')).toEqual([]);
  expect(rowsRead(nodes, 'messages')).toBeLessThanOrEqual(MOST_COUNTED + 1 + 6 * PAGE_SIZE);
});
