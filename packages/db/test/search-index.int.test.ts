import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { INDEX_LOCK } from '../src/connection/advisory-locks.ts';
import { inTransaction } from '../src/connection/transaction.ts';
import { checkSegmentSlices } from '../src/consistency/segment-slices.ts';
import { describeMatches } from '../src/search/describe-matches.ts';
import { findFiltered } from '../src/search/filtered.ts';
import { findRecent } from '../src/search/recent.ts';
import { loadSearchTerm } from '../src/search/term.ts';
import { findCandidates } from '../src/search-index/find-candidates.ts';
import { compactIndex, indexSegments } from '../src/search-index/index-segments.ts';
import { addContacts, createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await createFixture();
  await addContacts(fixture.pool, 20);
});

afterEach(() => fixture.close());

const run = (text: string) => fixture.pool.query(text);

/** Sends each contact a message. A refresh makes a segment of each. */
const sendAll = (content: string) =>
  fixture.pool.query("insert into messages (contact_id, content) select id, $1 || ' ' || id from contacts", [content]);

/** The contacts that the index finds. */
async function find(text: string): Promise<number[]> {
  const term = await loadSearchTerm(fixture.readPool, text);
  const { rows } = await findFiltered(
    fixture.readPool,
    term,
    EVERYTHING,
    await findCandidates(fixture.readPool, term.bits),
  );
  return rows.map(({ contactId }) => contactId).sort((a, b) => a - b);
}

const EVERYTHING = { after: null, offset: 0, limit: 100 };
const everyContact = Array.from({ length: 20 }, (_, i) => i + 1);

const blocks = async () =>
  (await run('select block_no as "blockNo", segment_count as segments from segment_blocks order by 1')).rows;

const lacking = async () => (await inTransaction(fixture.pool, checkSegmentSlices.find)).count;

test('a message is found unsegmented, in a segment, and in a block', async () => {
  await sendAll('quarkfjord');
  expect(await find('quarkfjord')).toEqual(everyContact);
  await fixture.refresh();
  expect(await find('quarkfjord')).toEqual(everyContact);
  expect(await indexSegments(fixture.pool, { all: true })).toBe(1);
  expect(await find('quarkfjord')).toEqual(everyContact);
  expect(await find('quarkfjord 7')).toEqual([7]);
  expect(await find('quarkfjorn')).toEqual([]);
  expect(await lacking()).toBe(0);
});

test('segments that are not enough for a block wait, until all are to be in one', async () => {
  await sendAll('hello');
  await fixture.refresh();
  expect(await indexSegments(fixture.pool)).toBe(0);
  expect(await indexSegments(fixture.pool, { all: true })).toBe(1);
  expect(await indexSegments(fixture.pool, { all: true })).toBe(0); // there are no others
  await sendAll('again');
  await fixture.refresh();
  expect(await indexSegments(fixture.pool, { all: true })).toBe(1);
  expect(await blocks()).toEqual([
    { blockNo: 0, segments: 20 },
    { blockNo: 1, segments: 20 },
  ]);
  expect(await find('hello')).toEqual(everyContact);
  expect(await find('again')).toEqual(everyContact);
});

// T1 makes a segment, whose number it has, and stays open. T2 makes one and commits. Were the block made now, the segment of T1
// would be in no block and behind none when it commits: never found.
test('a block is not made before the transactions that took its numbers have ended', async () => {
  await run("insert into messages (contact_id, content) values (1, 'early'), (2, 'late')");
  const early = await fixture.connect();
  await early.query('begin; select segment_messages(array[1])');
  await run('select segment_messages(array[2])');
  const indexed = indexSegments(fixture.pool, { all: true });
  await fixture.untilSomeoneWaits();
  expect(await blocks()).toEqual([]);
  await early.query('commit');
  expect(await indexed).toBe(1);
  expect(await find('early')).toEqual([1]);
  expect(await find('late')).toEqual([2]);
});

// A search asks the index in one snapshot and reads what it found in another. Between them a segment may come into a block, be
// written again or numbered anew: it then has a number that the index did not know, and is looked through.
test.each([
  ['are segmented', async () => void (await fixture.refresh())],
  ['come into a block', async () => void (await indexSegments(fixture.pool, { all: true }))],
  [
    'are taken apart and put together again',
    async () => {
      await run("update messages set content = content || ' again' where contact_id <= 10");
      await fixture.refresh();
      await indexSegments(fixture.pool, { all: true });
    },
  ],
  [
    'are numbered anew, and come into another block',
    async () => {
      await run('delete from messages where content not like $$quarkfjord%$$');
      expect(await compactIndex(fixture.pool)).toBe(20);
      expect(await indexSegments(fixture.pool, { all: true })).toBe(1);
    },
  ],
])('messages that %s between two statements of a search are found', async (what, change) => {
  await sendAll('quarkfjord');
  if (what !== 'are segmented') await fixture.refresh();
  if (what.startsWith('are numbered')) {
    await sendAll('something else');
    await fixture.refresh();
    await sendAll('and more of it');
    await fixture.refresh();
    await indexSegments(fixture.pool, { all: true });
  }
  const term = await loadSearchTerm(fixture.readPool, 'quarkfjord');
  const candidates = await findCandidates(fixture.readPool, term.bits);
  await change();
  const filtered = await findFiltered(fixture.readPool, term, EVERYTHING, candidates);
  expect(filtered.total).toBe(20);
  for (const contactsFirst of [true, false]) {
    const look = { depth: 100, candidates, contactsFirst };
    expect((await findRecent(fixture.readPool, term, EVERYTHING, look)).total).toBe(20);
  }
  const described = await describeMatches(fixture.readPool, term, everyContact, candidates);
  expect([...described.keys()].sort((a, b) => a - b)).toEqual(everyContact);
});

test('what is deleted, edited or merged is found as it is now, beside the old bits', async () => {
  await sendAll('quarkfjord');
  await fixture.refresh();
  await indexSegments(fixture.pool, { all: true });
  await run("delete from messages where contact_id = 1; update messages set content = 'other' where contact_id = 2");
  expect(await find('quarkfjord')).toEqual(everyContact.slice(2));
  expect(await find('other')).toEqual([2]);
  await fixture.refresh();
  expect(await find('quarkfjord')).toEqual(everyContact.slice(2));
  expect(await find('other')).toEqual([2]);
});

test('a block with fewer than half of its segments is taken apart, and what is left is found', async () => {
  await sendAll('quarkfjord');
  await fixture.refresh();
  await indexSegments(fixture.pool, { all: true });
  await run('delete from messages where contact_id <= 10');
  expect(await compactIndex(fixture.pool)).toBe(0); // half of them are left
  await run('delete from messages where contact_id = 11');
  expect(await compactIndex(fixture.pool)).toBe(9);
  expect(await blocks()).toEqual([{ blockNo: 0, segments: 0 }]);
  expect((await run('select from segment_slices')).rowCount).toBe(0);
  expect(await find('quarkfjord')).toEqual(everyContact.slice(11));
  expect(await indexSegments(fixture.pool, { all: true })).toBe(1);
  expect(await find('quarkfjord')).toEqual(everyContact.slice(11));
});

test('a block is not taken apart under a delete, whose segment goes all the same', async () => {
  await sendAll('quarkfjord');
  await fixture.refresh();
  await indexSegments(fixture.pool, { all: true });
  await run('delete from messages where contact_id <= 15');
  const deleting = await fixture.connect();
  await deleting.query('begin; delete from messages where contact_id = 16');
  expect(await compactIndex(fixture.pool)).toBe(4);
  expect((await blocks())[0].segments).toBe(20); // somebody has one of its segments
  await deleting.query('commit');
  expect(await find('quarkfjord')).toEqual([17, 18, 19, 20]);
  expect(await compactIndex(fixture.pool)).toBe(0);
  expect((await blocks())[0].segments).toBe(0);
});

test('a delete that waits while its segment is numbered anew deletes it', async () => {
  await sendAll('quarkfjord');
  await fixture.refresh();
  await indexSegments(fixture.pool, { all: true });
  await run('delete from messages where contact_id <= 15');
  const compacting = await fixture.connect();
  await compacting.query('begin; select compact_blocks()');
  const deleted = run('delete from messages where contact_id = 16');
  await fixture.untilSomeoneWaits();
  await compacting.query('commit');
  await deleted;
  expect(await find('quarkfjord')).toEqual([17, 18, 19, 20]);
  expect((await run('select from message_segments where contact_id = 16')).rowCount).toBe(0);
});

test('a text too long to be read may hold any term, and holds those that it holds', async () => {
  await fixture.pool.query('insert into messages (contact_id, content) values (1, $1)', [
    `${'漢'.repeat(50_000)} needle`,
  ]);
  await fixture.refresh();
  await indexSegments(fixture.pool, { all: true });
  expect(await find('needle')).toEqual([1]);
  expect(await find('noodle')).toEqual([]);
  expect(await lacking()).toBe(0);
});

test('while another process indexes, nothing is waited for', async () => {
  await sendAll('hello');
  await fixture.refresh();
  const other = await fixture.connect();
  await other.query(`begin; select pg_advisory_xact_lock(${INDEX_LOCK})`);
  expect(await indexSegments(fixture.pool, { all: true })).toBe(0);
  await other.query('rollback');
  expect(await indexSegments(fixture.pool, { all: true })).toBe(1);
});

test('an index that is aborted goes on later', async () => {
  await sendAll('hello');
  await fixture.refresh();
  expect(await indexSegments(fixture.pool, { all: true, signal: AbortSignal.abort() })).toBe(0);
  expect(await indexSegments(fixture.pool, { all: true })).toBe(1);
});

test('everything is found after all messages were truncated', async () => {
  await sendAll('hello');
  await fixture.refresh();
  await indexSegments(fixture.pool, { all: true });
  await run('truncate messages');
  await sendAll('again');
  await fixture.refresh();
  await indexSegments(fixture.pool, { all: true });
  expect(await find('hello')).toEqual([]);
  expect(await find('again')).toEqual(everyContact);
});
