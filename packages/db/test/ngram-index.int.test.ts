import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { buildNgrams } from '../src/ngram-index.ts';
import { searchConversations } from '../src/queries/search-conversations.ts';
import { EVERY_NGRAM } from '../src/search/ngrams.ts';
import { addContacts, createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await createFixture();
  await addContacts(fixture.pool, 3);
});

afterEach(() => fixture.close());

const send = (contactId: number, content: string) =>
  fixture.pool.query('insert into messages (contact_id, content) values ($1, $2)', [contactId, content]);

const search = async (term: string) => {
  const { conversations, path } = await searchConversations(fixture.searchPools, term, { pageSize: 10 });
  return { ids: conversations.map(({ contactId }) => contactId), path };
};

const pendingChanges = async () =>
  (await fixture.pool.query('select count(*)::int as count from conversation_changes')).rows[0].count;

test('what was there before the build, came during it, and comes after it is found', async () => {
  await send(1, 'before §');
  await fixture.refresh();
  expect(await search('§')).toEqual({ ids: [1], path: 'walk' });
  const late = await fixture.connect();
  await late.query("begin; insert into messages (contact_id, content) values (2, 'late §')");
  expect(await buildNgrams(fixture.pool)).toBe(1);
  expect(await search('§')).toEqual({ ids: [1], path: 'ngrams' });
  await late.query('commit');
  expect(await search('§')).toEqual({ ids: [2, 1], path: 'ngrams' });
  await send(3, 'after §');
  await fixture.refresh();
  expect(await pendingChanges()).toBe(0);
  expect(await search('§')).toEqual({ ids: [3, 2, 1], path: 'ngrams' });
});

test('a message that commits over several refreshes is found when they have forgotten its change', async () => {
  await buildNgrams(fixture.pool);
  const late = await fixture.connect();
  await late.query("begin; insert into messages (contact_id, content) values (2, 'late §')");
  for (let i = 0; i < 3; i++) {
    await send(1, `other ${i}`);
    await fixture.refresh();
  }
  await late.query('commit');
  await fixture.refresh();
  expect(await pendingChanges()).toBe(0);
  expect(await search('§')).toEqual({ ids: [2], path: 'ngrams' });
});

test('a rename and an edit are found, and a refresh that dies before it forgets does no harm', async () => {
  await send(1, 'hello');
  await buildNgrams(fixture.pool);
  await fixture.pool.query("update contacts set name = 'Zoë §' where id = 1; update messages set content = 'ƒ'");
  await fixture.refresh();
  expect(await search('e§')).toMatchObject({ ids: [] });
  expect(await search('e §')).toEqual({ ids: [1], path: 'ngrams' });
  expect(await search('ƒ')).toEqual({ ids: [1], path: 'ngrams' });
});

test('an n-gram is counted once for a contact', async () => {
  await buildNgrams(fixture.pool);
  for (let i = 0; i < 3; i++) {
    await send(1, '§§§');
    await fixture.refresh();
  }
  await send(2, '§');
  await fixture.refresh();
  const { rows } = await fixture.pool.query('select contact_count from ngram_counts where ngram = ascii($1)', ['§']);
  expect(rows).toEqual([{ contact_count: 2 }]);
});

test('the n-grams of a deleted contact are forgotten', async () => {
  await send(1, '§');
  await buildNgrams(fixture.pool);
  await fixture.pool.query('delete from contacts where id = 1');
  await fixture.refresh();
  const { rows } = await fixture.pool.query('select * from contact_ngrams where contact_id = 1');
  expect(rows).toEqual([]);
});

const countOf = async (character: string): Promise<number> =>
  (await fixture.pool.query('select contact_count from ngram_counts where ngram = ascii($1)', [character])).rows[0]
    .contact_count;

test('an n-gram is not counted for deleted contacts any more', async () => {
  await buildNgrams(fixture.pool);
  for (const contactId of [1, 2, 3]) await send(contactId, '§');
  await fixture.refresh();
  await fixture.pool.query('delete from contacts where id > 1');
  await fixture.refresh();
  expect(await countOf('§')).toBe(1);
});

test('an n-gram that was common, and so is not listed for all, stays common when contacts are deleted', async () => {
  await fixture.pool.query(`
    insert into contacts (name, phone_number) select 'more ' || i, '+2 ' || i from generate_series(4, 4_010) i;
    insert into messages (contact_id, content) select id, '§' from contacts where id > 9`);
  await buildNgrams(fixture.pool);
  expect(await countOf('§')).toBe(4_001);
  await send(1, '§');
  await fixture.refresh();
  await fixture.pool.query('delete from contacts where id > 4_000');
  await fixture.refresh();
  expect((await search('§')).ids[0]).toBe(1);
});

/** So many different characters in a row: twice as many n-grams. */
const ideographs = (count: number, first = 0x4e00) =>
  String.fromCodePoint(...Array.from({ length: count }, (_, i) => first + i));

const listed = async (contactId: number): Promise<number[][]> =>
  (await fixture.pool.query('select ngrams from contact_ngrams where contact_id = $1', [contactId])).rows.map(
    ({ ngrams }) => ngrams,
  );

test('a contact with more n-grams than are listed is found by each of them', async () => {
  const text = ideographs(9_000);
  await send(1, text);
  await send(2, '§');
  await buildNgrams(fixture.pool);
  await fixture.refresh();
  expect(await listed(1)).toEqual([[EVERY_NGRAM]]);
  expect(await search(text.slice(8_000, 8_002))).toEqual({ ids: [1], path: 'ngrams' });
  expect(await search('§')).toEqual({ ids: [2], path: 'ngrams' });
  await send(1, 'ƒ');
  await fixture.refresh();
  expect(await listed(1)).toEqual([[EVERY_NGRAM]]);
  expect(await search('ƒ')).toEqual({ ids: [1], path: 'ngrams' });
});

test('a contact that comes to have too many n-grams over several refreshes is found by each of them', async () => {
  await buildNgrams(fixture.pool);
  const texts = [ideographs(6_000), ideographs(6_000, 0x6e00), '§'];
  for (const text of texts) {
    await send(1, text);
    await fixture.refresh();
  }
  expect((await listed(1)).map(({ length }) => length)).toContain(1);
  for (const text of texts) expect(await search(text.slice(-2))).toEqual({ ids: [1], path: 'ngrams' });
});

test('more n-grams than are kept in memory at once are all listed and counted', async () => {
  await fixture.pool.query(
    "insert into contacts (name, phone_number) select 'more ' || i, '+2 ' || i from generate_series(4, 20) i",
  );
  const text = ideographs(8_000);
  await fixture.pool.query('insert into messages (contact_id, content) select id, $1 from contacts', [text]);
  await buildNgrams(fixture.pool);
  expect(await countOf(text.slice(-1))).toBe(20);
  expect((await search(text.slice(-2))).ids).toHaveLength(10);
  const { rows } = await fixture.pool.query('select max(cardinality(ngrams)) as most from contact_ngrams');
  expect(rows[0].most).toBeGreaterThan(15_998);
});

test('segments that are to be built again take the index along', async () => {
  await send(1, 'hello');
  await buildNgrams(fixture.pool);
  await fixture.pool.query('call discard_message_segments()');
  expect(await buildNgrams(fixture.pool)).toBe(0); // not before the segments are there
  const { rows } = await fixture.pool.query('select * from ngram_progress');
  expect(rows).toEqual([]);
});

test('a build that is aborted goes on later', async () => {
  await send(1, '§');
  expect(await buildNgrams(fixture.pool, { signal: AbortSignal.abort() })).toBe(0);
  expect(await search('§')).toEqual({ ids: [1], path: 'walk' });
  expect(await buildNgrams(fixture.pool)).toBe(1);
  expect(await search('§')).toEqual({ ids: [1], path: 'ngrams' });
});

test('more contacts than are held in memory at once are all indexed, by a build and by a refresh', async () => {
  await fixture.pool.query(
    "insert into contacts (name, phone_number) select 'more ' || i, '+2 ' || i from generate_series(4, 5_500) i",
  );
  await fixture.pool.query(
    "insert into messages (contact_id, content) select id, 'x§' from contacts where id in (1, 5000, 5001, 5500)",
  );
  await fixture.refresh();
  expect(await buildNgrams(fixture.pool)).toBe(2);
  expect(await search('x§')).toEqual({ ids: [5500, 5001, 5000, 1], path: 'ngrams' });
  await fixture.pool.query(
    "insert into messages (contact_id, content) select id, case when id in (2, 5002, 5499) then 'y¿' else 'y' end from contacts",
  );
  await fixture.refresh();
  expect(await pendingChanges()).toBe(0);
  expect(await search('y¿')).toEqual({ ids: [5499, 5002, 2], path: 'ngrams' });
});

test('an upgraded server, whose transaction ids go on under another identifier, has the index built again and finds all', async () => {
  await send(1, 'before §');
  await fixture.refresh();
  await buildNgrams(fixture.pool);
  await send(2, 'pending §');
  await fixture.pool.query('update database_cluster set system_identifier = system_identifier - 1'); // as before pg_upgrade
  await send(3, 'after §');
  expect(await search('§')).toEqual({ ids: [3, 2, 1], path: 'ngrams' });
  await fixture.refresh();
  expect(await pendingChanges()).toBe(0);
  expect(await search('§')).toEqual({ ids: [3, 2, 1], path: 'walk' });
  expect(await buildNgrams(fixture.pool)).toBe(1);
  expect(await search('§')).toEqual({ ids: [3, 2, 1], path: 'ngrams' });
  await fixture.refresh();
  expect(await buildNgrams(fixture.pool)).toBe(0);
});
