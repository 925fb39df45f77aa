import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findFiltered } from '../src/search/filtered.ts';
import { foldText } from '../src/search/fold-with-offsets.ts';
import { searchConversations } from '../src/search/search-conversations.ts';
import { loadSearchTerm } from '../src/search/term.ts';
import { findCandidates } from '../src/search-index/find-candidates.ts';
import { indexSegments } from '../src/search-index/index-segments.ts';
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
    const term = pickTerm(random, i);
    // First much is younger than the index, then all is in it, then something is again.
    if (i === TERMS / 2) {
      await fixture.refresh();
      expect(await indexSegments(fixture.pool, { all: true })).toBeGreaterThan(0);
    }
    if (i === (TERMS * 3) / 4) {
      await change();
      await readConversations();
    }
    const expected = await bruteForce(term);
    if (i % 2 === 0) expect([term, await findThroughIndex(term)]).toEqual([term, expected]);
    const { pagination, conversations: found } = await searchConversations(fixture.readPool, term, {
      pageSize: 200,
    });
    expect([term, found.map(({ contactId }) => contactId)]).toEqual([term, expected.slice(0, 200)]);
    if (pagination.totalIsExact) expect([term, pagination.total]).toEqual([term, expected.length]);
    else expect([term, pagination.total <= expected.length, pagination.hasMore]).toEqual([term, true, true]);
  }
}, 300_000);

/** With 2,000 contacts the look at the recent ones finds most terms, and would leave the index untried. */
async function findThroughIndex(text: string): Promise<number[]> {
  const all = { after: null, offset: 0, limit: conversations.length };
  const term = await loadSearchTerm(fixture.readPool, text);
  const { rows } = await findFiltered(fixture.readPool, term, all, await findCandidates(fixture.readPool, term.bits));
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

async function bruteForce(term: string): Promise<number[]> {
  const { digits } = await loadSearchTerm(fixture.readPool, term);
  const folded = foldText(term);
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
