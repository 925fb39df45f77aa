import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { buildNgrams } from '../src/ngram-index.ts';
import { listMatching, signaturesServe } from '../src/search/matching-contacts.ts';
import { toSearchTerm } from '../src/search/term.ts';
import { addContacts, createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await createFixture();
  await addContacts(fixture.pool, 3);
});

afterEach(() => fixture.close());

const send = (contactId: number, content: string) =>
  fixture.pool.query('insert into messages (contact_id, content) values ($1, $2)', [contactId, content]);

/** The contacts that a search finds by the signatures, and whether it may rely on them. */
async function find(text: string) {
  const term = toSearchTerm(text);
  const all = { after: null, offset: 0, wanted: 100 };
  const { rows, isWhole } = await listMatching(fixture.pool, term, { kind: 'signatures' }, all);
  return { ids: rows.map(({ contactId }) => contactId), isWhole, serves: await signaturesServe(fixture.pool, term) };
}

const found = (...ids: number[]) => ({ ids, isWhole: true, serves: true });

const count = async (from: string) => (await fixture.pool.query(`select count(*)::int as n from ${from}`)).rows[0].n;

test('what was there before the build, is pending, and comes after it is found', async () => {
  await send(1, 'the parchment before');
  await fixture.refresh();
  expect(await find('parchment')).toMatchObject({ isWhole: false, serves: false });
  const late = await fixture.connect();
  await late.query("begin; insert into messages (contact_id, content) values (2, 'a late parchment')");
  await buildNgrams(fixture.pool);
  expect(await find('parchment')).toEqual(found(1));
  await late.query('commit');
  expect(await find('Parchment')).toEqual(found(2, 1));
  await send(3, 'parchments');
  for (let i = 0; i < 2; i++) await fixture.refresh();
  expect(await count('conversation_changes')).toBe(0);
  expect(await find('parchment')).toEqual(found(3, 2, 1));
});

test('a message that commits over several refreshes is found when they have forgotten its change', async () => {
  await buildNgrams(fixture.pool);
  const late = await fixture.connect();
  await late.query("begin; insert into messages (contact_id, content) values (2, 'parchment')");
  for (let i = 0; i < 3; i++) {
    await send(1, `other ${i}`);
    await fixture.refresh();
  }
  await late.query('commit');
  await fixture.refresh();
  expect(await count('conversation_changes')).toBe(0);
  expect(await find('parchment')).toEqual(found(2));
});

test('segments of the same time keep their bits when one of them changes', async () => {
  await fixture.pool.query(
    "insert into messages (contact_id, content, created_at) select 1, 'number ' || 1000 + i, '2026-01-01' from generate_series(1, 40) i",
  );
  await buildNgrams(fixture.pool);
  expect(await count('segment_signatures')).toBe(1);
  await fixture.pool.query("update messages set content = 'parchment' where content = 'number 1040'");
  await fixture.refresh();
  expect(await find('number 1001')).toEqual(found(1));
  expect(await find('number 1039')).toEqual(found(1));
  expect(await find('number 1040')).toEqual(found());
  expect(await find('parchment')).toEqual(found(1));
});

test('the signatures of segments that were merged, edited or deleted are forgotten', async () => {
  for (let i = 0; i < 12; i++) await send(1 + (i % 2), `number ${1000 + i}`);
  await buildNgrams(fixture.pool);
  expect(await count('segment_signatures')).toBe(12);
  await send(1, 'one more');
  await fixture.pool.query("delete from messages where content = 'number 1011'; delete from contacts where id = 3");
  await fixture.refresh();
  const segments = await count('(select distinct contact_id, newest_at from message_segments) s');
  expect(segments).toBeLessThan(12);
  expect(await count('segment_signatures')).toBe(segments);
  expect(await find('number 1002')).toEqual(found(1));
  expect(await find('number 1011')).toEqual(found());
});

test('a search that was to use signatures which are discarded meanwhile does not rely on them', async () => {
  await send(1, 'parchment');
  await buildNgrams(fixture.pool);
  await fixture.pool.query('call discard_message_segments()');
  expect(await find('parchment')).toMatchObject({ isWhole: false, serves: false });
});

test('with much pending, or for a term of three characters, they do not serve', async () => {
  await fixture.pool.query(
    "insert into contacts (name, phone_number) select 'more ' || i, '+2 ' || i from generate_series(4, 4_002) i",
  );
  await buildNgrams(fixture.pool);
  expect(await signaturesServe(fixture.pool, toSearchTerm('par'))).toBe(false);
  await fixture.pool.query(
    "insert into messages (contact_id, content) select id, 'parchment' from contacts where id > 2",
  );
  expect((await find('parchment')).serves).toBe(true);
  await send(2, 'parchment');
  expect((await find('parchment')).serves).toBe(false);
});
