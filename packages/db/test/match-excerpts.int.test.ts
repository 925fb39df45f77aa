import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { foldText, foldWithOffsets } from '../src/search/fold-with-offsets.ts';
import { excerpt } from '../src/search/snippet.ts';
import { createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await createFixture();
});

afterAll(() => fixture.close());

const EXCERPT = 'select match_excerpt($1, strpos(fold_text($1), $2), char_length($2)) as excerpt';

async function matchExcerpt(content: string, term: string): Promise<string> {
  return (await fixture.pool.query<{ excerpt: string }>(EXCERPT, [content, term])).rows[0]?.excerpt ?? '';
}

/** The first match as the snippet of a search shows it. */
async function shown(content: string, term: string): Promise<string> {
  const { snippet, ranges } = excerpt(await matchExcerpt(content, term), term);
  const [range = [0, 0]] = ranges;
  return snippet.slice(...range);
}

/** The first match, found in the whole content. */
function firstMatch(content: string, term: string): string {
  const { folded, starts, ends } = foldWithOffsets(content);
  const at = folded.indexOf(term);
  return content.slice(starts[at], ends[at + term.length - 1]);
}

/** With 30 at most of characters in a row that folding removes. */
function withoutExcess(text: string): string {
  let ignored = 0;
  return [...text]
    .filter((character) => {
      ignored = foldText(character) === '' ? ignored + 1 : 0;
      return ignored <= 30;
    })
    .join('');
}

const TEN_MARKS = '\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c';

/** What folds to less or more, is composed or taken apart, or joins what is before it; and the rest. */
const PARTS = [
  ...['a', 'É', 'e\u0301', `e${TEN_MARKS}`, '\u0323', TEN_MARKS, 'ß', 'ﬁ', 'İ', 'ı', 'i\u0307', 'ſ', ' ', '. '],
  ...['\u1100', '\u1161', '\u11a8', '가', '각', '\u1100\u0301\u1161', '가\u0302\u11a8', 'か\u3099', 'が', '漢字', '豈'],
  ...['й', 'и\u0306', 'ёж', 'ά', 'क\u093c', 'क़', '\u05e9\u05c1', 'שׁ', '\u0644\u0627\u064b', 'กำ', '\u{1d160}'],
  ...['😀', '👨\u200d👩\u200d👧', '👍🏽', '❤\ufe0f', '\u00ad', '\u200b', '\u{16d67}', '\u{16d63}', 'Ａ'],
];

/** The parts whose characters Node.js and this PostgreSQL both know: Kirat Rai came with Unicode 16, PostgreSQL 17 has 15. */
async function knownParts(): Promise<string[]> {
  const assigned = 'select part from unnest($1::text[]) part where unicode_assigned(part)';
  const { rows } = await fixture.pool.query<{ part: string }>(assigned, [PARTS]);
  return rows.map(({ part }) => part).filter((part) => !/\p{Cn}/u.test(part));
}

function contentOf(parts: string[]): fc.Arbitrary<string> {
  const run = fc
    .tuple(fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 250 }))
    .map(([chosen, times]) => chosen.join('').repeat(times));
  return fc.array(run, { minLength: 1, maxLength: 8 }).map((runs) => runs.join(''));
}

test('shows the first match of any text, whole', async () => {
  const content = contentOf(await knownParts());
  await fc.assert(
    fc.asyncProperty(content, fc.nat(), fc.integer({ min: 1, max: 200 }), async (text, seed, length) => {
      const characters = [...foldText(text)];
      fc.pre(characters.length > 0);
      const from = seed % characters.length;
      const term = characters.slice(from, from + length).join('');
      // A match that begins in the character in which the first ends is of the same range.
      const expected = withoutExcess(firstMatch(text, term));
      expect(withoutExcess(await shown(text, term)).slice(0, expected.length)).toBe(expected);
    }),
    { numRuns: 300 },
  );
});

test('shows a match of 200 letters with ten marks each', async () => {
  const match = `b${TEN_MARKS}`.repeat(200);
  for (const before of ['', `e${TEN_MARKS}`.repeat(1_000)]) {
    expect(await shown(`${before}${match}${'x'.repeat(2_000)}`, 'b'.repeat(200))).toBe(match);
  }
});

test('shows a match with any number of marks, without most of them', async () => {
  const text = await shown(`${'é'.repeat(2_000)}a${'\u0301'.repeat(100_000)}b${'x'.repeat(2_000)}`, 'ab');
  expect(text).toBe(`a${'\u0301'.repeat(30)}b`);
});

test.each([
  ['ASCII', 'x'],
  ['Cyrillic', 'й'],
  ['ideographs', '漢'],
  ['letters with marks', `e${TEN_MARKS}`],
  ['pairs of surrogates', '😀'],
])('the excerpt of a long text of %s is short', async (_what, unit) => {
  const text = `${unit.repeat(20_000)}needle${unit.repeat(20_000)}`;
  const short = await matchExcerpt(text, 'needle');
  expect(short).toContain('needle');
  expect([...short].length / [...unit].length).toBeLessThan(1_000);
});

test('plain characters fold to one character, and join nothing before them', async () => {
  const joining = [
    'e',
    'e\u0323',
    '\u1100',
    '\u1100\u1161',
    '가',
    '각',
    'क',
    'か',
    '=',
    '\u05e9',
    '\u0627',
    '\u{16d63}',
  ];
  const folds = joining.map(foldText);
  const { rows } = await fixture.pool.query<{ code: string; count: number }>(
    `with plain as materialized (
       select code, chr(code) as character, fold_text(chr(code)) as folded from generate_series(1, 173791) as code
       where code not between 55296 and 57343 and chr(code) ~ ('[' || plain_characters() || ']')
     )
     select count(*) over ()::int as count, to_hex(code) as code
     from plain, lateral (
       select string_agg(part || character, '' order by n) as text from unnest($1::text[]) with ordinality as p (part, n)
     ) joined, lateral (
       select string_agg(part || folded, '' order by n) as expected from unnest($2::text[]) with ordinality as p (part, n)
     ) folds
     where char_length(folded) <> 1 or fold_text(text) <> expected`,
    [joining, folds],
  );
  expect(rows.map(({ code }) => code)).toEqual([]);
});
