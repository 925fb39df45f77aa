import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildNgrams } from '../src/ngram-index.ts';
import { searchConversations } from '../src/queries/search-conversations.ts';
import { foldText } from '../src/search/fold-text.ts';
import { listMatching, signaturesServe } from '../src/search/matching-contacts.ts';
import { toSearchTerm } from '../src/search/term.ts';
import { seedDatabase, silentProgress } from '../src/seed/index.ts';
import { createFixture, type Fixture } from './support.ts';

const TERMS = 2_000;
const SEPARATOR = '\u0300';

interface Haystack {
  contactId: number;
  name: string;
  phoneNumber: string;
  digits: string;
  contents: string;
}

let fixture: Fixture;
/** Every conversation in the order of the list, with all its messages folded by our own code, not PostgreSQL's. */
let conversations: Haystack[];
let texts: string[];

beforeAll(async () => {
  fixture = await createFixture();
  await seedDatabase(
    fixture.connectionString,
    { contacts: 2_000, messages: 200_000, seed: 7, reset: false },
    silentProgress,
  );
  await change();
  await readConversations();
}, 120_000);

afterAll(() => fixture.close());

async function change(): Promise<void> {
  // Some of it younger than the view, some gone, some changed.
  await fixture.pool.query(
    "insert into messages (contact_id, content) select contact_id, content || ' again' from messages where id % 101 = 0",
  );
  await fixture.pool.query("update messages set content = content || ' edited' where id % 103 = 0");
  await fixture.pool.query('delete from messages where id % 107 = 0');
}

async function readConversations(): Promise<void> {
  const { rows } = await fixture.pool.query(`
    select c.contact_id, c.name, c.phone_number, array_agg(m.content) as contents
    from current_conversations c join messages m using (contact_id)
    group by 1, 2, 3, last_message_at order by last_message_at desc, contact_id desc`);
  conversations = rows.map((row) => ({
    contactId: row.contact_id,
    name: foldText(row.name),
    phoneNumber: foldText(row.phone_number),
    digits: row.phone_number.replace(/\D/g, ''),
    contents: row.contents.map(foldText).join(SEPARATOR),
  }));
  texts = rows.flatMap((row) => [row.name, row.phone_number, ...row.contents.slice(0, 20)]);
}

test(`search agrees with looking through everything for ${TERMS} terms`, async () => {
  const random = generator(42);
  for (let i = 0; i < TERMS; i++) {
    // The second half has the index of n-grams, first with much that is younger, and at last with all of it indexed.
    if (i === TERMS / 2) {
      expect(await buildNgrams(fixture.pool)).toBe(1);
      await change();
      await readConversations();
    }
    if (i === (TERMS * 3) / 4) await fixture.refresh();
    const term = pickTerm(random, i);
    const expected = bruteForce(term);
    if (i >= TERMS / 2 && i % 3 === 0) expect([term, await findInSet(term)]).toEqual([term, expected]);
    const { pagination, conversations: found } = await searchConversations(fixture.searchPools, term, {
      pageSize: 200,
    });
    expect([term, found.map(({ contactId }) => contactId)]).toEqual([term, expected.slice(0, 200)]);
    if (pagination.totalIsExact) expect([term, pagination.total]).toEqual([term, expected.length]);
    else expect([term, pagination.total <= expected.length, pagination.hasMore]).toEqual([term, true, true]);
  }
}, 300_000);

/** With 2,000 contacts a walk sees everything, and no search comes to what a larger one does: the signatures, or a scan. */
async function findInSet(text: string): Promise<number[]> {
  const term = toSearchTerm(text);
  const all = { after: null, offset: 0, wanted: conversations.length };
  const kind = (await signaturesServe(fixture.pool, term)) ? 'signatures' : 'segments';
  const { rows } = await listMatching(fixture.pool, term, { kind }, all);
  return rows.map(({ contactId }) => contactId);
}

/** A piece of some name, number or message; every fourth with one character changed, so that it may be nowhere. */
function pickTerm(random: (below: number) => number, turn: number): string {
  for (;;) {
    const characters = [...(texts[random(texts.length)] ?? '')];
    const start = random(characters.length);
    const piece = characters.slice(start, start + 1 + random(turn % 2 ? 4 : 24));
    if (turn % 4 === 0) piece[random(piece.length)] = String.fromCodePoint(33 + random(94));
    const term = (turn % 3 ? piece.join('') : piece.join('').toUpperCase()).trim();
    if (foldText(term) !== '' && term.isWellFormed()) return term;
  }
}

function bruteForce(term: string): number[] {
  const { folded, digits } = toSearchTerm(term);
  return conversations
    .filter(
      ({ name, phoneNumber, digits: phoneDigits, contents }) =>
        name.includes(folded) ||
        phoneNumber.includes(folded) ||
        (digits && phoneDigits.includes(digits)) ||
        contents.includes(folded),
    )
    .map(({ contactId }) => contactId);
}

/** mulberry32 (Tommy Ettinger, public domain): the terms of a run are the same as those of every other. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}
