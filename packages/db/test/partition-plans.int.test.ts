import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLogger } from '@messaging/shared';
import { deleteMessage } from '../src/commands/delete-message.ts';
import { sendMessage } from '../src/commands/send-message.ts';
import { createPool, type Pool, type Queryable } from '../src/connection/pool.ts';
import { getContact } from '../src/queries/get-contact.ts';
import { listConversations } from '../src/queries/list-conversations.ts';
import { listMessages } from '../src/queries/list-messages.ts';
import { partitionMessages } from '../src/schema/partitions.ts';
import { describeMatches } from '../src/search/describe-matches.ts';
import { loadSearchTerm } from '../src/search/term.ts';
import { seedDatabase, silentProgress } from '../src/seed/index.ts';
import { plansOf, relationsRead, rowsRead, sequentialScansOf } from './plans.ts';
import { createFixture, type Fixture } from './support.ts';

const PARTITIONS = 8;

let fixture: Fixture;
let pages: Pool;
let busy: number;
let middle: { id: number; cursor: string };

beforeAll(async () => {
  fixture = await createFixture();
  const { connectionString } = fixture;
  await seedDatabase(connectionString, { contacts: 2_000, messages: 100_000, seed: 1, reset: false }, silentProgress);
  await partitionMessages(connectionString, PARTITIONS);
  const logger = createLogger({ level: 'silent', pretty: false }, 'test');
  const config = { connectionString, poolSize: 2, statementTimeoutMs: 30_000 };
  pages = createPool(config, logger, 'test', 'indexScansOnly');
  const { rows } = await fixture.pool.query(
    'select contact_id as id from messages group by 1 order by count(*) desc, 1 limit 1',
  );
  busy = rows[0].id;
  const { itemsJson, pagination } = await listMessages(pages, { contactId: busy, pageSize: 20, page: 3 });
  middle = { id: JSON.parse(itemsJson)[5].id, cursor: pagination.nextCursor ?? '' };
}, 120_000);

afterAll(async () => {
  await pages?.end();
  await fixture?.close();
});

const OF_ONE_CONTACT: Record<string, (db: Queryable) => Promise<unknown>> = {
  'a contact': (db) => getContact(db, busy),
  'the first page of a thread': (db) => listMessages(db, { contactId: busy, pageSize: 20 }),
  'a thread after a cursor': (db) => listMessages(db, { contactId: busy, pageSize: 20, cursor: middle.cursor }),
  'a thread by number': (db) => listMessages(db, { contactId: busy, pageSize: 20, page: 4 }),
  'a thread around a message': (db) => listMessages(db, { contactId: busy, pageSize: 20, around: middle.id }),
  'how a contact matches': async (db) => describeMatches(db, await loadSearchTerm(pages, 'the'), [busy]),
};

test.each(Object.entries(OF_ONE_CONTACT))('%s is read from one partition, by its index', async (_name, read) => {
  const nodes = await plansOf(pages, read);
  expect(relationsRead(nodes, 'messages')).toHaveLength(1);
  expect(sequentialScansOf(nodes, 'messages')).toEqual([]);
  expect(rowsRead(nodes, 'messages')).toBeLessThanOrEqual(150);
});

test('the list does not look at messages', async () => {
  expect(relationsRead(await plansOf(pages, (db) => listConversations(db, { pageSize: 50 })), 'messages')).toEqual([]);
});

test('a page of matches probes for each match the partition of its contact', async () => {
  const ids = Array.from({ length: 50 }, (_, i) => i + 1);
  const term = await loadSearchTerm(pages, 'the');
  const nodes = await plansOf(pages, (db) => describeMatches(db, term, ids));
  expect(sequentialScansOf(nodes, 'messages')).toEqual([]);
  const probes = nodes.filter((node) => relationsRead([node], 'messages').length > 0);
  const probed = probes.reduce((sum, node) => sum + node['Actual Loops'], 0);
  expect(probed).toBe(rowsRead(nodes, 'messages'));
});

test('a message is stored in one partition, and by its id alone found in any, by index', async () => {
  let id = 0;
  const stored = await plansOf(fixture.pool, async (db) => {
    id = (await sendMessage(db, { contactId: busy, content: 'to be deleted', direction: 'outbound' })).id;
  });
  expect(sequentialScansOf(stored, 'messages')).toEqual([]);
  const deleted = await plansOf(fixture.pool, (db) => deleteMessage(db, { messageId: id }).catch(() => {}));
  expect(sequentialScansOf(deleted, 'messages')).toEqual([]);
  const scans = deleted.filter((node) => node['Node Type'] === 'Index Scan');
  expect(relationsRead(scans, 'messages')).toHaveLength(PARTITIONS);
});

test('the refresh reads one index per contact, whichever partition it is in', async () => {
  const nodes = await plansOf(fixture.pool, (db) =>
    db.query({ text: 'select * from current_conversations', values: [] }),
  );
  expect(sequentialScansOf(nodes, 'messages')).toEqual([]);
  expect(rowsRead(nodes, 'messages')).toBeLessThanOrEqual(2_000);
});
