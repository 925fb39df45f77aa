import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { foldText } from '../src/search/fold-with-offsets.ts';
import { createFixture, type Fixture } from './support.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await createFixture();
});

afterAll(() => fixture.close());

/** Every code point but the surrogates, assigned or not: PostgreSQL and Node.js know different versions of Unicode. */
const EVERY_CHARACTER = `
  select code, chr(code) as character from generate_series(1, 1114111) as code where code not between 55296 and 57343`;

const rowsOf = async (text: string): Promise<{ code: number; folded: string }[]> =>
  (await fixture.pool.query(text)).rows;

// But for U+0345, a mark whose upper case is a letter.
test('what is written is found by itself, by its upper case and by its lower case', async () => {
  const missed = await rowsOf(`
    select code from (${EVERY_CHARACTER}) every
    where fold_text(character) <> '' and strpos(fold_text('x' || character || 'y'), fold_text('x' || upper(character collate "pg_c_utf8") || 'y')) = 0
      or strpos(fold_text('x' || character || 'y'), fold_text('x' || lower(character collate "pg_c_utf8") || 'y')) = 0
      or strpos(fold_text('x' || character), fold_text(character)) = 0`);
  expect(missed).toEqual([]);
}, 60_000);

test('what is folded stays as it is when it is folded again', async () => {
  const changed = await rowsOf(`
    select code from (${EVERY_CHARACTER}) every where fold_text(fold_text(character)) <> fold_text(character)`);
  expect(changed).toEqual([]);
}, 60_000);

test('only ignored characters fold to nothing', async () => {
  const [{ wrong } = { wrong: 0 }] = (
    await fixture.pool.query(`
      select count(*) as wrong from (${EVERY_CHARACTER}) every
      where (fold_text(character) = '') <> (character ~ ('[' || ignored_characters() || ']'))`)
  ).rows;
  expect(wrong).toBe(0);
}, 60_000);

test.each(['é', 'и', 'ا', '가'])(
  'beside %s, the shorter ways fold as the longest does',
  async (beside) => {
    // U+0378 is not assigned, so that its text goes the longest way.
    const { rows } = await fixture.pool.query(
      `select count(*)::int as wrong from (${EVERY_CHARACTER}) every
     where fold_text($1::text || character || $1) || U&'\\0378' <> fold_text($1::text || character || $1 || U&'\\0378')`,
      [beside],
    );
    expect(rows).toEqual([{ wrong: 0 }]);
  },
  120_000,
);

test('folds every character as the service does that marks what was found', async () => {
  const rows = await rowsOf(`
    select code, fold_text(character) as folded from (${EVERY_CHARACTER}) every where unicode_assigned(character)`);
  const different = rows.filter(({ code, folded }) => {
    const character = String.fromCodePoint(code);
    return /\p{Assigned}/u.test(character) && foldText(character) !== folded;
  });
  expect(different.map(({ code }) => code.toString(16))).toEqual([]);
}, 60_000);

const part = fc.constantFrom(
  ...[
    'Jose\u0301',
    'Ñandú',
    'ΟΔΟΣ',
    'ὁδός',
    'İstanbul',
    'ırmak',
    'Ёлка',
    'Йод',
    'क़लम',
    '각',
    '가',
    'が',
    'ｶﾞ',
    'أحمد',
    'a\u0323\u0301',
    'ạ́',
  ],
  ...[
    'שָׁלוֹם',
    'مُحَمَّد',
    'ＡＢＣ１２',
    'so\u00adft',
    '\u200b',
    '\u200d',
    '👨\u200d👩\u200d👧',
    '❤\ufe0f',
    'ø',
    'Ł',
    'ﬁ',
    '\u1100\u200b\u1161',
    ' ',
    '漢字',
  ],
);

test('folds texts as the service does that marks what was found', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 12 }), async (parts) => {
      const text = parts.join('');
      const { rows } = await fixture.pool.query('select fold_text($1) as folded', [text]);
      expect(rows[0].folded).toBe(foldText(text));
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['5 ΜG', '5 µg'],
  ['s', 'ſ'],
  ['Θ', 'ϑ'],
  ['\ua7d2', '\ua7d2'],
  ['שלום', 'שָׁלוֹם'],
  ['محمد', 'مُحَمَّد'],
  ['ABC12', 'ＡＢＣ１２'],
  ['ガ', 'ｶﾞ'],
  ['software', 'soft\u00adware'],
  ['zero', 'ze\u200bro'],
  ['left', '\u200eleft\u200f'],
  ['JOSE', 'José'],
  ['ΟΔΟΣ', 'οδος'],
  ['ист', 'Йист'],
])('%s finds %s', async (term, text) => {
  const { rows } = await fixture.pool.query('select strpos(fold_text($2), fold_text($1)) > 0 as found', [term, text]);
  expect(rows[0].found).toBe(true);
});

test.each([
  ['ss', 'ß'],
  ['👨👩', '👨\u200d👩'],
  ['कम', 'कि\u092e'],
  ['أ', 'ا'],
])('%s does not find %s', async (term, text) => {
  const { rows } = await fixture.pool.query('select strpos(fold_text($2), fold_text($1)) > 0 as found', [term, text]);
  expect(rows[0].found).toBe(false);
});

test.each([
  ['+1 (555) 010-7788', '15550107788'],
  ['\u202a+١ ٥٥٥\u202c', '1555'],
  ['１２３ १२३ 𝟗𝟘𝟙', '123123901'],
  ['ext. 7', '7'],
])('the digits of %j are %s', async (phoneNumber, digits) => {
  const { rows } = await fixture.pool.query('select phone_digits($1) as digits', [phoneNumber]);
  expect(rows[0].digits).toBe(digits);
});

test('knows the digits of every script', async () => {
  const digits = Array.from({ length: 0x110000 }, (_, code) => code)
    .filter((code) => (code < 0xd800 || code > 0xdfff) && /\p{Nd}/u.test(String.fromCodePoint(code)))
    .map((code) => String.fromCodePoint(code));
  const { rows } = await fixture.pool.query('select phone_digits($1) as digits', [digits.join('')]);
  expect(rows[0].digits).toBe('0123456789'.repeat(digits.length / 10));
});
